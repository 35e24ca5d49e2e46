"""Before serving, what stays is loaded and out of the collector's sight; what comes later is collected as ever."""

import subprocess
import sys

PROGRAM = """
import gc, weakref
from api.startup import settle
settle()
from search.needs import vocabulary
assert vocabulary.cache_info().currsize == 1, "the vocabulary is not loaded"
assert gc.get_freeze_count() > 50_000, gc.get_freeze_count()
class Circle: pass
one = Circle(); one.itself = one; gone = weakref.ref(one); del one
gc.collect()
assert gone() is None, "a circle made later stays"
"""


def test_what_stays_is_out_of_the_collectors_sight_and_circles_made_later_are_not():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
