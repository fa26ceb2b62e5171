"""The look: a calm theme of our own, light and dark, in Source Sans 3, which the application serves itself.

Gradio's own parts (question box, buttons) take their colours from here; what the page adds takes them from the same
variables in `assets/page.css`.
"""

from __future__ import annotations

from gradio.themes import Base as BaseTheme
from gradio.themes import Color, sizes

PETROL = Color(
    c50="#eef6f8",
    c100="#d8eaee",
    c200="#b3d5dd",
    c300="#83b9c6",
    c400="#4f97a9",
    c500="#2f7a8e",
    c600="#1f6478",
    c700="#1b5263",
    c800="#1a4452",
    c900="#193a46",
    c950="#0b242d",
    name="petrol",
)
STONE = Color(
    c50="#faf9f7",
    c100="#f3f1ed",
    c200="#e4e1da",
    c300="#cfcac0",
    c400="#8f8a80",
    c500="#6b675f",
    c600="#524f49",
    c700="#3a3936",
    c800="#272725",
    c900="#1c1d1d",
    c950="#131414",
    name="stone",
)
TEXT_FONTS = (
    "Reperes Sans",
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "Liberation Sans",
    "sans-serif",
)
CODE_FONTS = ("ui-monospace", "SFMono-Regular", "Consolas", "Liberation Mono", "monospace")


def page_theme() -> BaseTheme:
    """The theme. Fonts come from the application (assets/fonts.css) or the system: nothing is loaded from elsewhere."""
    theme = BaseTheme(
        primary_hue=PETROL,
        secondary_hue=PETROL,
        neutral_hue=STONE,
        text_size=sizes.text_md,
        spacing_size=sizes.spacing_md,
        radius_size=sizes.radius_md,
        font=TEXT_FONTS,
        font_mono=CODE_FONTS,
    )
    theme.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="#20262b",
        body_text_color_dark="#e8e6e1",
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="#a9a59c",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="*neutral_900",
        background_fill_secondary="*neutral_100",
        background_fill_secondary_dark="*neutral_800",
        border_color_primary="*neutral_200",
        border_color_primary_dark="*neutral_700",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        block_shadow_dark="none",
        input_background_fill="#ffffff",
        input_background_fill_dark="*neutral_900",
        input_border_color="*neutral_400",
        input_border_color_dark="#77736a",
        input_border_color_focus="*primary_600",
        input_border_color_focus_dark="*primary_300",
        input_border_width="1px",
        input_border_width_dark="1px",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="#a9a59c",
        input_radius="12px",
        button_large_radius="10px",
        button_medium_radius="10px",
        button_small_radius="10px",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_300",
        button_primary_background_fill_hover_dark="*primary_200",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="*primary_950",
        button_secondary_background_fill="#ffffff",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_dark="*neutral_900",
        button_secondary_background_fill_hover_dark="*neutral_800",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="*neutral_600",
        button_secondary_text_color="*primary_700",
        button_secondary_text_color_dark="*primary_200",
        button_border_width="1px",
        button_border_width_dark="1px",
        link_text_color="*primary_600",
        link_text_color_dark="*primary_300",
        link_text_color_hover="*primary_800",
        link_text_color_hover_dark="*primary_200",
        color_accent="*primary_600",
    )
    return theme
