"""What the tests of SBML share."""

import pytest

from samenspel import read_sbml


@pytest.fixture
def read(tmp_path):
    """Reads text or bytes as an SBML file."""

    def reader(text, name="model.xml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_sbml(path)

    return reader
