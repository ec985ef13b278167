"""Runs the makers' own tests: python -m makers.run_tests REPORT writes `{passed, failed}` there."""

import json
import sys
import unittest
from pathlib import Path


def main(report: Path) -> int:
    here = Path(__file__).parent
    suite = unittest.defaultTestLoader.discover(str(here), pattern="*_test.py", top_level_dir=str(here.parent))
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    failed = len(result.failures) + len(result.errors)
    report.write_text(json.dumps({"passed": result.testsRun - failed, "failed": failed}))
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
