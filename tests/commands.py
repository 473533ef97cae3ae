"""Run the command line in tests."""

from fastconv.cli import main


def run(capsys, *words):
    """Run a command that must succeed, and return its output."""
    assert main(words) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def fail(capsys, *words):
    """Run a command that must fail, and return the line that it writes to standard error."""
    try:
        status = main(words)
    except SystemExit as stop:  # argparse found the error
        status = stop.code
    assert status == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("fastconv: ") and captured.err.count("\n") == 1
    return captured.err
