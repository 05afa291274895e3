"""Lights: on, off, toggle, brightness, colour, colour temperature."""

from __future__ import annotations

from ..functions import Function, Parameter

#: CSS colour names, as Home Assistant takes them (CSS Color Module Level 4).
COLORS = tuple(
    """
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue
    blueviolet brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk
    crimson cyan darkblue darkcyan darkgoldenrod darkgray darkgreen darkkhaki darkmagenta
    darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue
    darkslategray darkturquoise darkviolet deeppink deepskyblue dimgray dodgerblue firebrick
    floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow
    honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen
    lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgreen lightgray
    lightpink lightsalmon lightseagreen lightskyblue lightslategray lightsteelblue lightyellow
    lime limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple
    mediumseagreen mediumslateblue mediumspringgreen mediumturquoise mediumvioletred
    midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab orange
    orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff
    peru pink plum powderblue purple red rosybrown royalblue saddlebrown salmon sandybrown
    seagreen seashell sienna silver skyblue slateblue slategray snow springgreen steelblue tan
    teal thistle tomato turquoise violet wheat white whitesmoke yellow yellowgreen
    """.split()
)

_BRIGHTNESS = ("HassLightSet", "brightness")

FUNCTIONS = (
    Function(
        "light.turn_on",
        "Turn on, dim, brighten or colour lights",
        (
            Parameter("brightness_pct", "INTEGER", feature="brightness", intent=_BRIGHTNESS),
            Parameter(
                "brightness_step_pct", "INTEGER", minimum=-100, feature="brightness",
                intent=_BRIGHTNESS,
            ),
            Parameter(
                "color_name", "STRING", values=COLORS, feature="color",
                intent=("HassLightSet", "color"),
            ),
            Parameter(
                "color_temp_kelvin", "INTEGER",
                minimum=2000, maximum=6500, step=100, feature="color_temp",
                intent=("HassLightSet", "temperature"),
            ),
        ),
        domains=("light",),
        intent=("HassTurnOn", "lights_area"),
    ),
    Function(
        "light.turn_off", "Turn off lights", domains=("light",),
        intent=("HassTurnOff", "lights_area"),
    ),
    Function("light.toggle", "Switch lights over", domains=("light",)),
)  # fmt: skip
