"""From what came of a sentence to the conversation's result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from homeassistant.components import conversation
from homeassistant.helpers import intent

from .core.home import Entity
from .execute import Outcome
from .execute.speech import join


def say(
    user_input: conversation.ConversationInput, chat_log: conversation.ChatLog, text: str
) -> None:
    """Put a reply into the conversation, as its last content."""
    chat_log.async_add_assistant_content_without_tools(
        conversation.AssistantContent(agent_id=user_input.agent_id, content=text)
    )


def hide(
    user_input: conversation.ConversationInput, chat_log: conversation.ChatLog, instead: str
) -> None:
    """Take a sentence out of the conversation, so that nobody reads it there afterwards."""
    user_input.text = instead
    if isinstance(said := chat_log.content[-1], conversation.UserContent):
        chat_log.content[-1] = replace(said, content=instead)


def refuse(
    user_input: conversation.ConversationInput,
    chat_log: conversation.ChatLog,
    text: str,
    code: intent.IntentResponseErrorCode,
) -> conversation.ConversationResult:
    """An error reply."""
    say(user_input, chat_log, text)
    response = intent.IntentResponse(language=user_input.language)
    response.async_set_error(code, text)
    return conversation.ConversationResult(response, chat_log.conversation_id)


def result(
    user_input: conversation.ConversationInput,
    chat_log: conversation.ChatLog,
    outcomes: Sequence[Outcome],
) -> conversation.ConversationResult:
    """One reply for everything that was done."""
    # A question last, so that the conversation stays open for its answer.
    ordered = sorted(outcomes, key=_asks)
    text = join([outcome.speech for outcome in ordered])
    say(user_input, chat_log, text)
    response = intent.IntentResponse(language=user_input.language)
    error = next((outcome.error for outcome in outcomes if outcome.error), None)
    if error is not None and all(outcome.error for outcome in outcomes):
        response.async_set_error(error, text)
    else:
        response.async_set_speech(text)
        response.async_set_results(
            [_target(entity) for outcome in outcomes for entity in outcome.done],
            [_target(entity) for outcome in outcomes for entity in outcome.failed],
        )
        if all(outcome.answer for outcome in outcomes):
            response.response_type = intent.IntentResponseType.QUERY_ANSWER
    asks = bool(ordered) and _asks(ordered[-1])
    return conversation.ConversationResult(
        response, chat_log.conversation_id, asks or chat_log.continue_conversation
    )


def _asks(outcome: Outcome) -> bool:
    return outcome.asks or outcome.question is not None


def _target(entity: Entity) -> intent.IntentResponseTarget:
    return intent.IntentResponseTarget(
        name=entity.name, type=intent.IntentResponseTargetType.ENTITY, id=entity.entity_id
    )
