"""What an answer hangs on: loops, routes, rivals, knock-outs."""
