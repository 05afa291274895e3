"""The conversation entity: from a sentence to calls, and from what came of them to a reply."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, override

from homeassistant.components import conversation
from homeassistant.const import CONF_LLM_HASS_API, MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent, llm
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util.ulid import ulid_now

from .api_tools import ApiTools
from .const import (
    CONF_CONFIDENCE,
    CONF_FALLBACK_AGENT,
    DEADLINE,
    DEFAULT_CONFIDENCE,
    DOMAIN,
    HOME_API,
    LOGGER,
)
from .core.calls import FunctionCall
from .core.catalogue import functions_for
from .core.errors import CoreError, PromptTooLongError, WorkerTimeoutError
from .core.resolve import Choice, Where, choose
from .core.selection import LIMIT, select
from .execute import Outcome, Turn
from .exposure import async_build_home, async_speaker_area
from .llm_api import HomeAPI
from .replies import Replies, async_get_replies
from .runtime import FunctionGemmaConfigEntry

#: One model answers one sentence at a time; the runtime queues them itself.
PARALLEL_UPDATES = 0

_NO_MATCH = intent.IntentResponseErrorCode.NO_INTENT_MATCH
_FAILED = intent.IntentResponseErrorCode.FAILED_TO_HANDLE


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FunctionGemmaConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the agent of a config entry."""
    async_add_entities([FunctionGemmaAgent(entry)])


class FunctionGemmaAgent(conversation.ConversationEntity):
    """Understands what is said to the house, and does it."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_supported_features = conversation.ConversationEntityFeature.CONTROL

    def __init__(self, entry: FunctionGemmaConfigEntry) -> None:
        """One agent for one config entry."""
        self.entry = entry
        self._attr_unique_id = entry.entry_id
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)},
            name=entry.title,
            manufacturer="FunctionGemma for Home Assistant",
            model=entry.title,
            entry_type=DeviceEntryType.SERVICE,
        )

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """Any: a language the model was not trained on is understood less well, not refused."""
        return MATCH_ALL

    @override
    async def async_prepare(self, language: str | None = None) -> None:
        """Called when somebody is about to speak: have the home's prompt evaluated."""
        home = async_build_home(self.hass)
        if len(home.entities) > LIMIT:
            return  # what is listed depends on the sentence
        try:
            await self.entry.runtime_data.async_prewarm(home, functions_for(home))
        except CoreError as err:
            LOGGER.warning("Could not prepare the model: %s", err)

    @override
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        """Answer one sentence."""
        replies = await async_get_replies(self.hass, user_input.language)
        if not user_input.text.strip():
            return self._refuse(user_input, chat_log, replies.say("empty"), _NO_MATCH)
        api = self.entry.options.get(CONF_LLM_HASS_API, HOME_API)
        try:
            if api == HOME_API:
                return await self._async_home(user_input, chat_log, replies)
            return await self._async_api(user_input, chat_log, replies, api)
        except conversation.ConverseError as err:
            return err.as_conversation_result()
        except PromptTooLongError:
            return self._refuse(user_input, chat_log, replies.say("too_long"), _NO_MATCH)
        except WorkerTimeoutError as err:
            LOGGER.warning("Gave up on a sentence: %s", err)
            return self._refuse(user_input, chat_log, replies.say("slow"), _FAILED)
        except CoreError as err:
            LOGGER.error("The model could not answer: %s", err)
            return self._refuse(user_input, chat_log, replies.say("broken"), _FAILED)

    # -- the home functions ----------------------------------------------------------------------

    async def _async_home(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        replies: Replies,
    ) -> conversation.ConversationResult:
        turn = self._turn(user_input, replies)
        listed = select(turn.home, user_input.text)
        decoded = await self.entry.runtime_data.async_decode(
            listed, functions_for(turn.home), user_input.text, deadline=DEADLINE
        )
        choice = choose(turn.home, [(a.calls, math.exp(a.logprob)) for a in decoded.answers], turn.where)
        LOGGER.debug(
            "%r: %s (%.2f), %s",
            user_input.text,
            [item.call for item in choice.resolved],
            choice.confidence,
            decoded.timings,
        )
        if not self._sure(choice):
            return await self._async_hand_over(user_input, chat_log, replies, choice)
        outcomes: list[Outcome] = []
        api = HomeAPI(hass=self.hass, id=HOME_API, name=DOMAIN, turn=turn, outcomes=outcomes)
        await chat_log.async_provide_llm_data(
            user_input.as_llm_context(DOMAIN), api, " ", user_input.extra_system_prompt
        )
        calls = [item.call for item in choice.resolved]
        await self._async_call_tools(chat_log, user_input.agent_id, calls)
        return self._result(user_input, chat_log, outcomes)

    def _turn(self, user_input: conversation.ConversationInput, replies: Replies) -> Turn:
        area = async_speaker_area(self.hass, user_input.satellite_id, user_input.device_id)
        states = {state.entity_id: state.state for state in self.hass.states.async_all()}
        return Turn(
            self.hass,
            async_build_home(self.hass),
            Where(area, states),
            replies,
            user_input.context,
            user_input.device_id,
        )

    def _sure(self, choice: Choice) -> bool:
        """Whether there is something to do, and the model is sure enough of it."""
        threshold = self.entry.options.get(CONF_CONFIDENCE, DEFAULT_CONFIDENCE) / 100
        return bool(choice.resolved) and choice.confidence >= threshold

    async def _async_call_tools(
        self, chat_log: conversation.ChatLog, agent_id: str, calls: Sequence[FunctionCall]
    ) -> list[llm.ToolResult]:
        """Make the calls through the chat log, all at once, where debug view and traces see them."""
        content = conversation.AssistantContent(
            agent_id=agent_id,
            tool_calls=[
                llm.ToolInput(call.name, dict(call.arguments), id=ulid_now()) for call in calls
            ],
        )
        return [item.result async for item in chat_log.async_add_assistant_content(content)]

    def _result(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        outcomes: Sequence[Outcome],
    ) -> conversation.ConversationResult:
        """One reply for all that was done."""
        # A question last, so that the conversation stays open for its answer.
        ordered = sorted(outcomes, key=lambda outcome: outcome.question)
        speech = _join([outcome.speech for outcome in ordered])
        self._say(user_input, chat_log, speech)
        result = conversation.async_get_result_from_chat_log(user_input, chat_log)
        error = next((o.error for o in outcomes if o.error), None)
        if error is not None and not any(o.done for o in outcomes):
            result.response.async_set_error(error, speech)
            return result
        result.response.async_set_results(
            [_target(entity.name, entity.entity_id) for o in outcomes for entity in o.done],
            [_target(entity.name, entity.entity_id) for o in outcomes for entity in o.failed],
        )
        return result

    # -- nothing to call -------------------------------------------------------------------------

    async def _async_hand_over(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        replies: Replies,
        choice: Choice,
    ) -> conversation.ConversationResult:
        """Let the fallback agent answer, or say that nothing was understood."""
        agent = self.entry.options.get(CONF_FALLBACK_AGENT)
        if agent and agent not in (self.entity_id, self.entry.entry_id):
            return await conversation.async_converse(
                self.hass,
                user_input.text,
                user_input.conversation_id,
                user_input.context,
                user_input.language,
                agent,
                user_input.device_id,
                user_input.satellite_id,
                user_input.extra_system_prompt,
            )
        key = "unsure" if choice.resolved else "nothing"
        return self._refuse(user_input, chat_log, replies.say(key), _NO_MATCH)

    def _refuse(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        text: str,
        code: intent.IntentResponseErrorCode,
    ) -> conversation.ConversationResult:
        """An error reply."""
        self._say(user_input, chat_log, text)
        result = conversation.async_get_result_from_chat_log(user_input, chat_log)
        result.response.async_set_error(code, text)
        return result

    def _say(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        text: str,
    ) -> None:
        chat_log.async_add_assistant_content_without_tools(
            conversation.AssistantContent(agent_id=user_input.agent_id, content=text)
        )

    # -- any other LLM API -----------------------------------------------------------------------

    async def _async_api(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        replies: Replies,
        api_id: str,
    ) -> conversation.ConversationResult:
        """The tools of an LLM API, through the same template and constraint."""
        await chat_log.async_provide_llm_data(
            user_input.as_llm_context(DOMAIN), api_id, " ", user_input.extra_system_prompt
        )
        assert chat_log.llm_api is not None
        tools = ApiTools(chat_log.llm_api, async_build_home(self.hass))
        runtime = self.entry.runtime_data
        decoded = await runtime.async_decode(
            tools.home, tools.functions, user_input.text, text=tools.prompt, deadline=DEADLINE
        )
        best = decoded.best
        threshold = self.entry.options.get(CONF_CONFIDENCE, DEFAULT_CONFIDENCE) / 100
        if best is None or not best.calls or decoded.confidence < threshold:
            choice = Choice((), decoded.confidence)
            return await self._async_hand_over(user_input, chat_log, replies, choice)
        calls = [tools.restore(call) for call in best.calls]
        results = await self._async_call_tools(chat_log, user_input.agent_id, calls)
        outcomes = [tools.outcome(result, replies) for result in results]
        return self._result(user_input, chat_log, outcomes)


def _join(parts: Sequence[str]) -> str:
    """Replies one after the other, each said once."""
    unique = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if len(unique) < 2:
        return "".join(unique)
    return " ".join(p if p.endswith((".", "?", "!", "。", "？")) else f"{p}." for p in unique)


def _target(name: str, entity_id: str) -> intent.IntentResponseTarget:
    return intent.IntentResponseTarget(
        name=name, type=intent.IntentResponseTargetType.ENTITY, id=entity_id
    )
