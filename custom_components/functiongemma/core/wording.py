"""Words of a sentence and of a name, and whether they are the same ones, in any writing.

Chinese and Japanese put no spaces between words, and Korean writes particles behind them. There,
a word is a run of one script (漢字, カタカナ, 한글, …), and a name's word counts where a part of it
is said: "打开客厅的空调" speaks of 客厅空调, "TV를 꺼 줘" of TV.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

_HAN = "\u3005\u3400-\u9fff"
_HIRAGANA = "\u3041-\u3096\u309d\u309e"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30fe"
_HANGUL = "\uac00-\ud7af"
#: A letter or digit of any other writing, or `_`.
_OTHER = rf"[^\W{_HAN}{_HIRAGANA}{_KATAKANA}{_HANGUL}]"
#: Light, in two scripts.
_AKARI = "明かり|灯か?り"
#: A word; not a single letter of the Latin alphabet, as in "A/C", nor a Japanese particle. The
#: Chinese 的 stands between two words, as の does.
_WORD = re.compile(
    rf"{_AKARI}|(?:(?!的|{_AKARI})[{_HAN}])+|[{_KATAKANA}]+|[{_HIRAGANA}]{{2,}}|[{_HANGUL}]+"
    rf"|(?![a-z_]){_OTHER}(?!{_OTHER})|{_OTHER}{{2,}}"
)
#: What stands behind a number and is no word: the second, the first floor.
_COUNTER = re.compile("(?<=[0-9])[층번호階番号楼层樓層號]")
#: Writing without spaces between words, or with something written onto them.
_UNSPACED = re.compile(rf"[\u0e00-\u0eff\u1100-\u11ff{_HAN}{_HIRAGANA}{_KATAKANA}{_HANGUL}]")
_IN_HAN = re.compile(rf"[{_HAN}]+")
_IN_KANA = re.compile(rf"[{_HIRAGANA}{_KATAKANA}]+")
#: Words of two letters that are no articles.
_SHORT = frozenset({"ac", "pc", "tv", "wc"})
#: What follows a Korean word without a space.
_PARTICLE = re.compile(
    rf"(?<=[{_HANGUL}]{{2}})(?:의|에|에서|을|를|은|는|이|가|도|로|으로|만|와|과|랑)$"
)

#: Letters two words must begin with alike to be forms of one: kuchnia, kuchni; Garage, Garagentor.
_STEM = 4
#: And the least share of the shorter one.
_ALIKE = 0.6
#: Letters that the first word of a compound has at least: Poollicht, Gartenlampe.
_PREFIX = 3
#: Letters that a part of an unspaced word must have, to be a word itself: 客厅, 거실; キッチン.
_PART, _KANA_PART = 2, 3

#: What devices are called whatever they are: these words tell none from another, least of all where
#: some names are in the speaker's language and others are not. Without accents, without endings.
_NOUNS = re.compile(
    "(?:light|lamp|bulb|spot|lumier|lampe|ampoul|eclairag|luminair|licht|leucht|beleucht|birne|luz|"
    "luces|lampar|bombill|foco|luce|luci|lampad|swiatl|zarowk|oswietl|lampk|luminari|свет|ламп|люстр|"
    "fan|ventil|lufter|viftor|wentyl|вентил|blind|shutter|curtain|shade|store|volet|rideau|jalousi|"
    "rollla|vorhang|persian|cortin|tapparell|tend|gordijn|rolluik|zaluzj|rolet|zaslon|жалюз|штор|door|"
    "porte|tur|puerta|porta|deur|drzwi|brama|дверь|двер|lock|serrur|verrou|schloss|cerradur|serratur|"
    "slot|zamek|замок|замк|speaker|player|enceint|lecteur|lautsprech|altavoz|altoparlant|glosnik|"
    "odtwarzacz|колонк|switch|schalt|schakel|interrupt|interrutt|wylaczni|выключател)[^\\W\\d_]{0,5}"
)
#: Of players, what they are for too; a music room has other devices.
_SOUND = re.compile("(?:media|multimedia|music|musiqu|musik|musica)[^\\W\\d_]{0,5}")
#: Words that a sentence and a name have in common by grammar alone; those of two letters go anyhow.
_LITTLE_WORDS = frozenset(
    "the and for with from into all any some this that please can could would you your our off out "
    "down over les des dans sur pour avec une par vous nous mon mes ton votre plait est peut "
    "der die das den dem des ein eine einen auf aus und mit fur von vom zum zur bei bitte mir sie "
    "ist alle los las una uno con por para del favor que este esta dello della degli delle nel "
    "nella nei nelle sul sulla gli che dal dalla het een van voor met aan uit naar bij nad pod "
    "przy dla jest prosze czy dos das nas nos uma com pelo pela для над под при все это".split()
)
#: The same in unspaced writing, where such a noun also ends a compound. Not fans and covers: 扇風機
#: and 換気扇 (an extractor), 커튼 and 블라인드 are told apart by whoever has both.
_UNSPACED_NOUNS = (
    "조명|전등|램프|라이트|불|등|문|도어락|도어|자물쇠|스피커|플레이어|미디어|음악|"
    "照明|電気|電灯|電球|明かり|灯かり|灯り|灯|あかり|ライト|ランプ|ドア|扉|鍵|錠|ロック|スピーカー|"
    "プレーヤー|プレイヤー|メディア|音楽|"
    "电灯|灯光|灯泡|灯具|電燈|燈光|燈泡|燈|门锁|門鎖|门|門|锁|鎖|音箱|音响|音響|喇叭|播放器|媒体|媒體|音乐|音樂"
)
#: The room, which is any, while 子供部屋 is one.
_ROOM = "방|部屋|房间|房間"


def words(text: str) -> list[str]:
    """The words of `text`, in lower case."""
    return _WORD.findall(_COUNTER.sub(" ", text.casefold()))


def plain(text: str) -> str:
    """Lower case, without accents; in Japanese too, where many write ベット for ベッド (bed)."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in folded if not unicodedata.combining(c)))


_UNSPACED_NOUN = re.compile(f"(?:{_UNSPACED_NOUNS}|{plain(_UNSPACED_NOUNS)})$|^(?:{_ROOM})$")


def is_unspaced(word: str) -> bool:
    """Whether a word is in writing where words are not set apart by spaces."""
    return _UNSPACED.search(word) is not None


def is_telling(word: str, *, of_players: bool = True) -> bool:
    """Whether a word of a sentence, from `plain`, is more than an article or a generic noun.

    `of_players`: media players are among what it may tell apart.
    """
    if is_unspaced(word):
        return bool(_without_noun(word))
    if word in _SHORT:
        return True
    if of_players and _SOUND.fullmatch(word):
        return False
    return len(word) > 2 and word not in _LITTLE_WORDS and not _NOUNS.fullmatch(word)


def is_noun(word: str) -> bool:
    """Whether a word from `plain` is what devices are called whatever they are."""
    return _NOUNS.fullmatch(word) is not None


def is_compound(word: str) -> bool:
    """Whether it is two words where there are spaces: 客厅灯, "living room light"."""
    return is_unspaced(word) and len(word) > len(_without_noun(word)) >= _PART


def is_part(part: str, others: Collection[str]) -> bool:
    """Whether a word, or a part of one, is among other words, or a part of one of them."""
    if part in others:
        return True
    return is_unspaced(part) and len(part) >= _PART and any(part in word for word in others)


def parts_said(word: str, spoken: Collection[str]) -> list[str]:
    """The parts of a name's word that are among the words `spoken`; mostly itself, or nothing."""
    if word in spoken:
        return [word]
    if not is_unspaced(word):
        return []
    if any(_is_in(word, said) for said in spoken):
        return [word]
    if _IN_HAN.fullmatch(word):
        parts = _shared(word, spoken)
    else:
        least = _KANA_PART if _IN_KANA.fullmatch(word) else _PART
        bare = (_PARTICLE.sub("", said) for said in spoken)
        parts = [said for said in bare if len(said) >= least and said in word and is_unspaced(said)]
    return [part for part in parts if _without_noun(part)]


@lru_cache(maxsize=1 << 14)
def _same_start(one: str, other: str) -> int:
    """Letters that two words begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def are_forms(said: str, word: str, *, stem: int, ending: int) -> bool:
    """Whether two words differ by their endings only: Küche is no Küchentisch.

    `stem`: letters they begin with alike at least; `ending`: those of an ending at most.
    """
    same = _same_start(said, word)
    return said == word or (same >= stem and max(len(said), len(word)) - same <= ending)


def letters_alike(said: str, word: str) -> int:
    """Letters that a spoken word and one of a name have in common, if they may be the same.

    Both from `plain`. In unspaced writing a generic noun at the end does not count.
    """
    if is_unspaced(word):
        whole = (said, _PARTICLE.sub("", said), word)
        return sum(len(_telling(part, whole)) for part in parts_said(word, (said,)))
    if said == word:
        return len(word)
    return max(_letters_of_forms(said, word), _letters_of_forms(_bare(said), _bare(word)))


def _letters_of_forms(said: str, word: str) -> int:
    """Letters in common of two words that may be forms of one, or of which one is in the other."""
    same = _same_start(said, word)
    if same >= _STEM and same >= _ALIKE * min(len(said), len(word)):
        return same
    return len(said) if len(said) >= _STEM and said in word else 0


@lru_cache(maxsize=1 << 12)
def _bare(word: str) -> str:
    """A compound without the generic noun it ends in: Poolbeleuchtung → pool."""
    ends = range(_PREFIX, len(word) - _PREFIX)
    return next((word[:end] for end in ends if _NOUNS.fullmatch(word[end:])), word)


def _is_in(word: str, said: str) -> bool:
    """Whether a name's unspaced word is a part of a spoken one: 开门 of 门, 문을 of 문."""
    if len(word) == 1 and not _IN_HAN.fullmatch(word):
        # With no more than a particle behind it: 창문 (window) is no 문 (door).
        return said.startswith(word) and len(said) <= len(word) + _PART
    return word in said


def _shared(word: str, spoken: Collection[str]) -> list[str]:
    """The longest parts of a word that are said, none overlapping another."""
    found = []
    start = 0
    while start < len(word):
        ends = range(len(word), start + _PART - 1, -1)
        end = next((e for e in ends if any(word[start:e] in said for said in spoken)), None)
        if end is not None:
            found.append(word[start:end])
        start = end or start + 1
    return found


def _without_noun(word: str) -> str:
    """A word without the generic noun at its end: 客厅灯 → 客厅; 灯 → nothing."""
    return _UNSPACED_NOUN.sub("", word)


def _telling(part: str, whole: Collection[str]) -> str:
    """What of a part that two words share tells a device from others; `whole`: the two words."""
    kept = _without_noun(part)
    if not kept or len(kept) >= _PART:
        return kept
    # 台灯 is another thing than 灯, where it is a word: 房灯 is but the end of 厨房灯.
    return part if part in whole else ""
