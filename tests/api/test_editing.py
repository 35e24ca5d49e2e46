"""Editing on the page: lists are chosen by name, their order says nothing, and only what changed is said."""

import re

from tests.site import Site


def test_functions_are_chosen_by_name_and_an_untouched_form_changes_nothing(site: Site) -> None:
    client = site.officer()
    address = f"/platforms/{site.ids['other']}"
    page = client.get(address + "/edit").text
    chosen = re.findall(r'<input type="checkbox" name="functions" value="(\w+)" checked>', page)
    assert chosen and "food_delivery" in chosen
    fields = dict(re.findall(r'<input[^>]* name="([a-z_]+)" type="[a-z]+" value="([^"]*)"', page))
    fields |= dict(
        re.findall(r'<input type="hidden" name="(csrf|version)" value="([^"]*)"', page.partition("<form class")[2])
    )
    fields["description"] = page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    for name in ("type", "form", "status", "operating_mode"):
        choice = page.partition(f'<select id="f-{name}"')[2].partition("</select>")[0]
        fields[name] = (re.findall(r'value="([^"]*)" selected', choice) or [""])[0]
    people = re.findall(r'name="beneficiaries" value="(\w+)" checked', page)
    sent = {**fields, "functions": chosen[::-1], "beneficiaries": people[::-1]}
    before = client.get(f"/api/v1{address}").json()
    answer = client.post(address + "/edit", data=sent)
    assert answer.status_code == 303, re.findall(r'class="error".*', answer.text)
    assert "바뀐 값이 없어" in client.get(address).text
    after = client.get(f"/api/v1{address}").json()
    assert after["version"] == before["version"]
