"""An answer is given again only while all that it rests on is as it was."""

import threading

from search.answers import BYTES, HIT_BYTES, VALUE_BYTES, Answers
from search.query import FacetValue, Hit, SearchPage, SearchQuery


class Asked:
    """Counts how often an answer had to be found, in a world whose state can be changed."""

    def __init__(self, answers):
        self.answers, self.found, self.state = answers, 0, "first"

    def ask(self, text, **more):
        query = SearchQuery(text, **more)
        return self.answers.page(query, lambda: self.state, lambda: self.find(query))

    def find(self, query):
        self.found += 1
        return SearchPage(query, self.found, ())


def test_the_same_question_is_answered_once():
    world = Asked(Answers())
    assert world.ask("따릉이") is world.ask("따릉이")
    assert world.found == 1


def test_whatever_makes_another_question_makes_another_answer():
    world = Asked(Answers())
    others = [
        {},
        {"area_id": 3},
        {"zone_id": "z"},
        {"filters": {"type": ("proposal",)}},
        {"filters": {"type": ("proposal", "brokerage")}},
        {"sort": "users"},
        {"offset": 10},
        {"limit": 5},
        {"literal": True},
        {"explain": True},
    ]
    totals = [world.ask("따릉이", **more).total for more in [*others, *others]]
    assert totals == [*range(1, 11), *range(1, 11)]


def test_a_filter_without_values_and_the_order_of_filters_make_no_other_question():
    world = Asked(Answers())
    world.ask("따릉이", filters={"type": ("proposal",), "status": ("running",), "form": ()})
    world.ask("따릉이", filters={"status": ("running",), "type": ("proposal",)})
    assert world.found == 1


def test_a_changed_state_forgets_every_answer():
    world = Asked(Answers())
    world.ask("따릉이")
    world.state = "second"
    assert world.ask("따릉이").total == 2
    world.state = "first"
    assert world.ask("따릉이").total == 3


def test_what_was_found_while_the_state_changed_is_not_kept():
    world = Asked(Answers())

    def find_while_it_changes():
        world.state = "second"
        return SearchPage(SearchQuery("타슈"), 0, ())

    world.answers.page(SearchQuery("타슈"), lambda: world.state, find_while_it_changes)
    world.ask("타슈")
    assert world.found == 1


def test_no_more_answers_are_kept_than_allowed_and_the_last_asked_stay():
    world = Asked(Answers(most_bytes=2 * BYTES))
    for text in ("가", "나", "가", "다", "가"):
        world.ask(text)
    assert world.found == 3
    world.ask("나")
    assert world.found == 4


def test_a_long_answer_takes_the_place_of_several():
    answers = Answers(most_bytes=4 * BYTES + 2 * HIT_BYTES + 3 * VALUE_BYTES)
    hit = Hit("p", "따릉이", "서울특별시", None, "", "information", "", (), "running", 0.0)
    facets = {"type": (FacetValue("information", "정보제공형", 1),) * 3}
    kept = {text: answers.page(SearchQuery(text), lambda: 1, lambda: SearchPage(None, 0, ())) for text in "가나다라"}
    answers.page(SearchQuery("긴"), lambda: 1, lambda: SearchPage(None, 2, (hit, hit), facets))
    again = {text: answers.page(SearchQuery(text), lambda: 1, lambda: SearchPage(None, 9, ())) for text in "라다나가"}
    assert [again[text] is kept[text] for text in "라다나가"] == [True, True, True, False]


def test_many_at_once_get_their_own_answers():
    world = Asked(Answers(most_bytes=3 * BYTES))
    wrong = []

    def client(number):
        for turn in range(200):
            text = f"{(number * 7 + turn) % 9}"
            if world.ask(text).query.text != text:
                wrong.append(text)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
