"""What is kept is given again until the index changes, and no more is kept than may be."""

from search.memory import Memory


def test_a_value_is_found_once_until_the_index_changes():
    memory, asked = Memory[str](10), []

    def find() -> str:
        asked.append("")
        return f"answer {len(asked)}"

    assert [memory.found("first", "text", find) for _ in range(2)] == ["answer 1"] * 2
    assert memory.found("first", "another text", find) == "answer 2"
    assert memory.found("second", "text", find) == "answer 3"
    # What was found before the change is not given after it, nor what is found late for the generation that has gone.
    assert memory.get("first", "text") is None and memory.get("second", "another text") is None


def test_an_empty_value_is_kept_too():
    memory, asked = Memory[str](10), []
    for _ in range(2):
        assert memory.found("first", "text", lambda: str(asked.append("")) and "") == ""
    assert len(asked) == 1


def test_the_value_asked_for_longest_ago_goes_first():
    memory = Memory[int](2)
    memory.keep(1, "a", 1)
    memory.keep(1, "b", 2)
    assert memory.get(1, "a") == 1
    memory.keep(1, "c", 3)
    assert [memory.get(1, key) for key in "abc"] == [1, None, 3]
