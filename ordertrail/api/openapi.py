"""What ninja's OpenAPI document lacks: our query parameters, the media type of problems, and headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from ordertrail.api.door import Token
from ordertrail.api.problems import MEDIA

if TYPE_CHECKING:
    from ordertrail.api.app import Api


def operations(api: Api) -> list[Operation]:
    """Every call of the API."""
    return [
        operation
        for bound in api._get_bound_routers()
        for view in bound.path_operations.values()
        for operation in view.operations
    ]


def finished(api: Api, document: OpenAPISchema) -> OpenAPISchema:
    """``document`` with the names that each door takes, and problems by their own media type."""
    doors = {api.get_openapi_operation_id(one): one.auth_callbacks[0] for one in operations(api)}
    for verbs in document["paths"].values():
        for told in verbs.values():
            door = doors[told["operationId"]]
            if isinstance(door, Token):
                told["parameters"] += [param.told() for param in door.params()]
                told["description"] += f"\n\nNeeds the right `{door.right}`."
            for status, answer in told["responses"].items():
                content = answer.get("content", {})
                if status >= 400 and "application/json" in content:
                    answer["content"] = {MEDIA: content["application/json"]}
    return document
