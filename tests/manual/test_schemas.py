"""The JSON Schemas in the manual are those of the code. To renew them: ``python tests/manual/test_schemas.py``."""

import json
from pathlib import Path

import pytest

from samenspel.evidence import json_schemas

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "schema"


def text(schema) -> str:
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", sorted(json_schemas()))
def test_the_schema_on_file_is_that_of_the_code(name):
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == text(json_schemas()[name])


if __name__ == "__main__":
    for name, schema in json_schemas().items():
        (FOLDER / f"{name}.json").write_text(text(schema), encoding="utf-8")
