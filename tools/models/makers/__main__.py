"""The command line: python -m makers <command> --help."""

import argparse
import sys

from makers import bench_models, gguf_model, onnx_model, smollm2, tiny_variants
from makers.problem import Problem, Unavailable

COMMANDS = {
    "onnx": onnx_model,
    "gguf": gguf_model,
    "tiny-variants": tiny_variants,
    "bench": bench_models,
    "smollm2": smollm2,
}

# As in sysexits.h: a caller may go on without what cannot be downloaded.
EXIT_UNAVAILABLE = 69


def main() -> int:
    """Runs one command; returns the exit code. A problem is told in one line."""
    parser = argparse.ArgumentParser(prog="npm run models --", description="Makes models for tests and benchmarks.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, module in COMMANDS.items():
        summary = module.__doc__.strip().split("\n")[0]
        own = commands.add_parser(name, help=summary, description=summary)
        module.add_arguments(own)
        own.set_defaults(run=module.run)
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except Problem as problem:
        print(f"models {arguments.command}: {problem}", file=sys.stderr)
        return EXIT_UNAVAILABLE if isinstance(problem, Unavailable) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
