"""`python -m derive`, which is the command `derive`."""

from derive.cli.command import main

if __name__ == "__main__":
    main()
