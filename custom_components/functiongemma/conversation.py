"""The conversation entity: from a sentence to calls, and from what came of them to a reply."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, Literal, override

from homeassistant.components import conversation
from homeassistant.const import MATCH_ALL
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers import intent
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.start import async_at_started

from . import answer
from .agent import Agent, agents_of
from .api_tools import ApiTools
from .confirm import HIDDEN
from .const import CONF_AREA, DEADLINE, DOMAIN, HOME_API, LOGGER
from .core.calls import FunctionCall
from .core.catalogue import functions_for
from .core.errors import CoreError
from .core.prompt import MAX_SENTENCE
from .core.resolve import choose, resolve
from .dialogue import Dialogue, Heard
from .execute import Outcome, Turn
from .exposure import (
    async_area_name,
    async_build_home,
    async_listen_changes,
    async_speaker_area,
    async_still_exposed,
)
from .failure import reply_key
from .handover import async_hand_over
from .history import Who
from .languages import Languages
from .llm_api import CURRENT_TURN, HomeAPI, async_turn, tools_for
from .progress import async_considered
from .replies import Replies, async_get_replies
from .runtime import FunctionGemmaConfigEntry
from .tool_calls import async_call_tools
from .tool_openings import async_opened
from .trace import current
from .watching import traced

#: One model answers one sentence at a time; the runtime queues them itself.
PARALLEL_UPDATES = 0

#: Seconds without a change of the home before its prompt is evaluated anew: who renames one thing
#: often renames more.
_QUIET: Final = 10.0

_NO_MATCH: Final = intent.IntentResponseErrorCode.NO_INTENT_MATCH
_FAILED: Final = intent.IntentResponseErrorCode.FAILED_TO_HANDLE

#: What `ChatLog.async_provide_llm_data` takes for "no instructions"; empty means its own.
_NO_INSTRUCTIONS: Final = " "


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FunctionGemmaConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the agents of a config entry."""
    for agent in agents_of(entry):
        async_add_entities([FunctionGemmaAgent(agent)], config_subentry_id=agent.subentry_id)


class FunctionGemmaAgent(conversation.ConversationEntity):
    """Understands what is said to the house, and does it."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_translation_key = "agent"
    _attr_supported_features = conversation.ConversationEntityFeature.CONTROL

    def __init__(self, agent: Agent) -> None:
        """One entity for one agent."""
        self.agent = agent
        self.entry = agent.entry
        self._dialogue = Dialogue(agent)
        self._languages = Languages()
        self._attr_unique_id = agent.subentry_id
        self._attr_device_info = agent.device_info

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """Any: a language the model was not trained on is understood less well, not refused."""
        return MATCH_ALL

    @override
    async def async_added_to_hass(self) -> None:
        """Have the home's prompt evaluated as soon as the home is there, and when it changes."""
        await super().async_added_to_hass()
        debouncer = Debouncer(
            self.hass,
            LOGGER,
            cooldown=_QUIET,
            immediate=False,
            function=self.async_prepare,
            background=True,
        )
        self.async_on_remove(debouncer.async_shutdown)

        @callback
        def changed(_: Any = None) -> None:
            if self.hass.state is CoreState.running:
                debouncer.async_schedule_call()

        @callback
        def prepare(hass: HomeAssistant) -> None:
            # On a slow machine this takes longer than the first sentence may. Unloading cancels it.
            self.entry.async_create_background_task(hass, self.async_prepare(), "prepare")

        self.async_on_remove(async_listen_changes(self.hass, changed))
        self.async_on_remove(async_at_started(self.hass, prepare))

    @override
    async def async_prepare(self, language: str | None = None) -> None:
        """Called when somebody is about to speak: have the home's prompt evaluated."""
        home = async_build_home(self.hass)
        if self.agent.api != HOME_API:
            return  # what is listed depends on the speaker
        try:
            await self.entry.runtime_data.async_prewarm(home, functions_for(home))
        except CoreError as err:
            # Nobody has asked anything yet; whoever does, meets it again and is told.
            LOGGER.debug("Could not prepare the model: %s", err)

    @override
    @traced
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        """Answer one sentence."""
        user_input.language = current().language = await self._languages.async_of(
            self.hass, chat_log.conversation_id, user_input.text, user_input.language
        )
        replies = await async_get_replies(self.hass, user_input.language)
        sentence = " ".join(user_input.text.split())
        if not sentence:
            return answer.refuse(user_input, chat_log, replies.say("empty"), _NO_MATCH)
        if len(sentence) > MAX_SENTENCE:
            return await self._async_hand_over(user_input, chat_log, replies.say("too_long"))
        handle = self._async_home if self.agent.api == HOME_API else self._async_api
        try:
            return await handle(user_input, chat_log, replies)
        except conversation.ConverseError as err:
            return err.as_conversation_result()
        except CoreError as err:
            reply = replies.say(reply_key(err))
        except asyncio.CancelledError:
            # Either the sentence was called off, or the entry was unloaded underneath it.
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            reply = replies.say("broken")
        return answer.refuse(user_input, chat_log, reply, _FAILED)

    # -- the home functions ----------------------------------------------------------------------

    async def _async_home(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        replies: Replies,
    ) -> conversation.ConversationResult:
        trace = current()
        area = trace.area or self._async_area(user_input)
        context = user_input.as_llm_context(DOMAIN)
        turn = await async_turn(self.hass, user_input.language, area, context, user_input.text)
        turn = replace(turn, dry_run=trace.dry_run)
        who = _who(user_input, chat_log)
        # A dry run is a sentence by itself: what was asked or done before stays as it is.
        heard = None
        if not turn.dry_run:
            heard = await self._dialogue.async_hear(turn, who, user_input.language)
        if heard is None:
            calls = await self._async_understand(user_input.text, turn)
            async_considered(chat_log, trace)
            if isinstance(calls, str):
                opens = self._dialogue.may_open(turn, trace.likely)
                return await self._async_hand_over(
                    user_input, chat_log, replies.say(calls), opens=opens
                )
            heard = Heard(tuple(calls))
        elif heard.secret:
            _hide(user_input, chat_log)
        trace.answers = heard.said
        turn = replace(turn, home=async_still_exposed(self.hass, turn.home))
        carry_out = partial(self._async_carry_out, user_input, chat_log)
        if turn.dry_run:
            outcomes = await carry_out(turn, heard.calls)
            trace.confirmation = self._dialogue.would_ask_about(turn, heard.calls) or None
        else:
            outcomes = await self._dialogue.async_act(turn, who, heard, carry_out)
        trace.ask(outcomes)
        return answer.result(user_input, chat_log, outcomes)

    @callback
    def _async_area(self, user_input: conversation.ConversationInput) -> str | None:
        """Name of the area the speaker is in; where nobody knows, the one set for this agent."""
        area = async_speaker_area(self.hass, user_input.satellite_id, user_input.device_id)
        if area is None and (area_id := self.agent.options.get(CONF_AREA)):
            area = async_area_name(self.hass, area_id)
        return area

    async def _async_carry_out(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        turn: Turn,
        calls: Sequence[FunctionCall],
    ) -> list[Outcome]:
        """Make the calls as tools of our own LLM API."""
        trace = current()
        trace.decide([resolve(turn.home, call, turn.where) for call in calls])
        token = CURRENT_TURN.set(turn)
        try:
            api = HomeAPI(hass=self.hass, id=HOME_API, name=DOMAIN)
            await chat_log.async_provide_llm_data(
                user_input.as_llm_context(DOMAIN),
                api,
                _NO_INSTRUCTIONS,
                user_input.extra_system_prompt,
            )
            if chat_log.llm_api is not None:
                # Home Assistant may have kept the tools of the conversation's first sentence.
                chat_log.llm_api.tools = tools_for(turn.home)
            made = await async_call_tools(self.hass, chat_log, user_input.agent_id, calls)
        finally:
            CURRENT_TURN.reset(token)
        # A tool that is not offered, or arguments it refuses: a call that makes no sense.
        senseless = Outcome(turn.replies.say("nothing"), error=_NO_MATCH)
        outcomes = [turn.outcomes.get(content.tool_call_id, senseless) for content in made]
        trace.came_of_it(outcomes)
        return outcomes

    async def _async_understand(self, text: str, turn: Turn) -> list[FunctionCall] | str:
        """The calls a sentence means, or the key of the reply that says why there are none."""
        decoded = await self.entry.runtime_data.async_decode(
            turn.home, functions_for(turn.home), text, deadline=DEADLINE
        )
        answers = [(found.calls, math.exp(found.logprob)) for found in decoded.answers]
        choice = choose(turn.home, answers, turn.where, mass=decoded.mass)
        current().decide(choice.resolved, choice.confidence)
        calls = [item.call for item in choice.resolved]
        said = self._dialogue.redacted(text)
        LOGGER.debug("%r: %s (%.2f), %s", said, calls, choice.confidence, decoded.timings)
        return self._sure(calls, choice.confidence)

    # -- any other LLM API -----------------------------------------------------------------------

    async def _async_api(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        replies: Replies,
    ) -> conversation.ConversationResult:
        """The tools of an LLM API, through the same template and constraint."""
        await chat_log.async_provide_llm_data(
            user_input.as_llm_context(DOMAIN),
            self.agent.api,
            _NO_INSTRUCTIONS,
            user_input.extra_system_prompt,
        )
        assert chat_log.llm_api is not None
        trace = current()
        context = user_input.as_llm_context(DOMAIN)
        turn = await async_turn(self.hass, user_input.language, None, context, user_input.text)
        who, heard = _who(user_input, chat_log), None
        tools = ApiTools(chat_log.llm_api, async_build_home(self.hass, everything=True))
        if not trace.dry_run:
            heard = await self._dialogue.async_answer(turn, who, user_input.language)
        if heard is None:
            calls = await self._async_choose(user_input.text, tools)
            async_considered(chat_log, trace)
            if isinstance(calls, str):
                likely = [tools.restore(call) for found in trace.likely for call in found]
                opened = await async_opened(self.hass, chat_log.llm_api, likely)
                opens = bool(self._dialogue.would_ask(turn, opened))
                return await self._async_hand_over(
                    user_input, chat_log, replies.say(calls), opens=opens
                )
            heard = Heard(tuple(calls))
        elif heard.secret:
            _hide(user_input, chat_log)
        trace.answers = heard.said
        trace.decide(heard.calls)
        opened = await async_opened(self.hass, chat_log.llm_api, heard.calls)
        if trace.dry_run:
            trace.carry_out(chat_log.llm_api.tools)
            trace.confirmation = self._dialogue.would_ask(turn, opened) or None
            return answer.result(user_input, chat_log, [])
        asked = self._dialogue.ask_first(turn, who, heard, opened)
        outcomes = [asked] if asked else list(heard.outcomes)
        trace.ask(outcomes)
        if heard.calls and not asked:
            made = await async_call_tools(self.hass, chat_log, user_input.agent_id, heard.calls)
            outcomes = [
                tools.outcome(self.hass, call, content.result, replies)
                for call, content in zip(heard.calls, made, strict=True)
            ]
            trace.came_of_it(outcomes)
        return answer.result(user_input, chat_log, outcomes)

    async def _async_choose(self, text: str, tools: ApiTools) -> list[FunctionCall] | str:
        """The calls a sentence means, or the key of the reply that says why there are none."""
        decoded = await self.entry.runtime_data.async_decode(
            tools.home, tools.functions, text, text=tools.prompt, deadline=DEADLINE
        )
        best = decoded.best
        calls = [tools.restore(call) for call in best.calls] if best is not None else []
        current().decide(calls, decoded.confidence)
        return self._sure(calls, decoded.confidence)

    def _sure(self, calls: list[FunctionCall], confidence: float) -> list[FunctionCall] | str:
        """The calls, if they are to be acted on, or the key of the reply that says why not."""
        if calls and confidence >= self.agent.threshold:
            return calls
        return "unsure" if calls else "nothing"

    # -- nothing to call -------------------------------------------------------------------------

    async def _async_hand_over(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        otherwise: str,
        *,
        opens: bool = False,
    ) -> conversation.ConversationResult:
        """Let the fallback agent answer, or say `otherwise`.

        `opens`: whether it may have been meant to open what we would ask about first. The other
        agent would not ask, so it does not get such a sentence.
        """
        result = None
        if not opens:
            result = await async_hand_over(self.hass, self.agent, user_input, chat_log)
        if result is not None:
            self._dialogue.forget(_who(user_input, chat_log))
        return result or answer.refuse(user_input, chat_log, otherwise, _NO_MATCH)


def _hide(user_input: conversation.ConversationInput, chat_log: conversation.ChatLog) -> None:
    """Leave a PIN that was said out of all that is kept of the sentence."""
    answer.hide(user_input, chat_log, HIDDEN)
    current().text = HIDDEN


def _who(user_input: conversation.ConversationInput, chat_log: conversation.ChatLog) -> Who:
    """Whose sentence it is."""
    speaker = user_input.satellite_id or user_input.device_id or user_input.context.user_id
    return Who(chat_log.conversation_id, speaker)
