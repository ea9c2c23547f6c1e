"""Mutations of tags, and of the tags of any record that can have some."""

from __future__ import annotations

from graph.model import Model
from resolvers.deletion import deleted, find_to_delete
from resolvers.records import Written
from resolvers.tag_inputs import CreateTagInput, DeleteTagInput, SetTagsInput, TagRecordInput, UpdateTagInput
from resolvers.writing import Write

MOST_TAGS = 100
"""Tags that one record may have."""


async def create_tag(write: Write, given: CreateTagInput) -> Written:
    """Make a tag."""
    write.expect_level("Tag", "CREATE")
    named = write.named(given.name)
    write.settle()
    return Written.one("tag", await write.create("Tag", named))


async def update_tag(write: Write, given: UpdateTagInput) -> Written:
    """Change a tag, on whatever it is."""
    tag = await write.find(given.id, "Tag", "id", action="EDIT")
    write.expect(tag, given.expected_version)
    named = write.named(given.name)
    if tag is None:
        return Written()
    write.settle()
    await write.change(tag, named)
    return Written.one("tag", tag)


async def delete_tag(write: Write, given: DeleteTagInput) -> Written:
    """Delete a tag; what it was on stays."""
    return await deleted(write, await find_to_delete(write, given, "Tag"))


async def set_tags(write: Write, given: SetTagsInput) -> Written:
    """Put tags on a record in place of those before."""
    record = await write.find(given.record_id, taggable(write.model), "recordId", action="EDIT")
    write.expect(record, given.expected_version)
    # The list would replace what the viewer does not see.
    write.expect_level("Tag", "VIEW")
    tags = await write.find_all(given.tag_ids, "Tag", "tagIds")
    if record is None:
        return Written()
    write.settle()
    await write.change(record, {}, {"tags": [tag.uuid for tag in tags]})
    return Written.one("record", record)


async def tag_record(write: Write, given: TagRecordInput) -> Written:
    """Put tags on a record, and take others away; the rest stays."""
    record = await write.find(given.record_id, taggable(write.model), "recordId", action="EDIT")
    write.expect(record, given.expected_version)
    added = {tag.uuid for tag in await write.find_all(given.add_ids or (), "Tag", "addIds")}
    removed = {tag.uuid for tag in await write.find_all(given.remove_ids or (), "Tag", "removeIds")}
    if added & removed:
        write.refuse("INVALID", "A tag is put on it or taken away, not both.", "removeIds")
    if record is None:
        return Written()
    tags = {*await write.linked(record.place, "tags"), *added} - removed
    if added and len(tags) > MOST_TAGS:
        write.refuse("INVALID", f"A record has at most {MOST_TAGS} tags.", "addIds")
    write.settle()
    await write.change(record, {}, {"tags": sorted(tags)})
    return Written.one("record", record)


def taggable(model: Model) -> tuple[str, ...]:
    """The types of records that have tags."""
    return tuple(name for name, record in model.records.items() if "tags" in record.fields)
