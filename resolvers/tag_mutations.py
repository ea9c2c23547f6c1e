"""What changes tags."""

from __future__ import annotations

import strawberry

from resolvers import tags
from resolvers.tag_inputs import CreateTagPayload, DeleteTagPayload, SetTagsPayload, TagRecordPayload, UpdateTagPayload
from resolvers.verbs import mutation


@strawberry.type
class TagMutations:
    """What changes tags."""

    create_tag: CreateTagPayload = mutation(tags.create_tag, "Make a tag.")
    update_tag: UpdateTagPayload = mutation(tags.update_tag, "Change a tag, on whatever it is.")
    delete_tag: DeleteTagPayload = mutation(tags.delete_tag, "Delete a tag. What it was on stays.")
    set_tags: SetTagsPayload = mutation(tags.set_tags, "Put tags on a record in place of those before.")
    tag_record: TagRecordPayload = mutation(
        tags.tag_record, "Put tags on a record and take others away. The tags that are not named stay."
    )
