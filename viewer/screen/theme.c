/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/theme.h"

#include <stdlib.h>
#include <string.h>

#define SHADE(number) [STYLE_SHADE_FIRST + (number)]

/* Without colours areas are told by the lines under them. */
static const struct theme_look mono[STYLE_COUNT] = {
    [STYLE_TEXT] = {-1, -1, 0},
    [STYLE_QUIET] = {-1, -1, THEME_DIM},
    [STYLE_HEADING] = {-1, -1, THEME_BOLD},
    [STYLE_CURSOR] = {-1, -1, THEME_REVERSE},
    [STYLE_LEAK] = {-1, -1, THEME_BOLD},
    [STYLE_GROWTH] = {-1, -1, THEME_BOLD},
    [STYLE_BAR] = {-1, -1, 0},
    [STYLE_STATUS] = {-1, -1, THEME_REVERSE},
    [STYLE_MATCH] = {-1, -1, THEME_UNDERLINE | THEME_BOLD},
    [STYLE_WARNING] = {-1, -1, THEME_BOLD},
    [STYLE_SHADE_FIRST... STYLE_SHADE_LAST] = {-1, -1, THEME_UNDERLINE},
    [STYLE_SHADE_LEAK] = {-1, -1, THEME_UNDERLINE | THEME_BOLD},
};

/* 8 and 16 colours: theirs are loud, so that few are used, and on either background. */
static const struct theme_look few[STYLE_COUNT] = {
    [STYLE_TEXT] = {-1, -1, 0},
    [STYLE_QUIET] = {-1, -1, THEME_DIM},
    [STYLE_HEADING] = {-1, -1, THEME_BOLD},
    [STYLE_CURSOR] = {-1, -1, THEME_REVERSE},
    [STYLE_LEAK] = {1, -1, THEME_BOLD},
    [STYLE_GROWTH] = {5, -1, 0},
    [STYLE_BAR] = {6, -1, 0},
    [STYLE_STATUS] = {-1, -1, THEME_REVERSE},
    [STYLE_MATCH] = {0, 3, 0},
    [STYLE_WARNING] = {1, -1, 0},
    [STYLE_SHADE_FIRST... STYLE_SHADE_LAST] = {-1, -1, THEME_UNDERLINE},
    [STYLE_SHADE_LEAK] = {1, -1, THEME_UNDERLINE},
};

/* 16 colours have a grey that is one, where 8 have only what the terminal makes of dim. */
static const struct theme_look sixteen_dark[STYLE_COUNT] = {
    [STYLE_TEXT] = {-1, -1, 0},
    [STYLE_QUIET] = {7, -1, 0},
    [STYLE_HEADING] = {15, -1, THEME_BOLD},
    [STYLE_CURSOR] = {15, 8, 0},
    [STYLE_LEAK] = {9, -1, THEME_BOLD},
    [STYLE_GROWTH] = {11, -1, 0},
    [STYLE_BAR] = {6, -1, 0},
    [STYLE_STATUS] = {-1, -1, THEME_REVERSE},
    [STYLE_MATCH] = {0, 11, 0},
    [STYLE_WARNING] = {9, -1, 0},
    [STYLE_SHADE_FIRST... STYLE_SHADE_LAST] = {7, -1, THEME_UNDERLINE},
    [STYLE_SHADE_LEAK] = {9, -1, THEME_UNDERLINE},
};

static const struct theme_look sixteen_light[STYLE_COUNT] = {
    [STYLE_TEXT] = {-1, -1, 0},
    [STYLE_QUIET] = {8, -1, 0},
    [STYLE_HEADING] = {0, -1, THEME_BOLD},
    [STYLE_CURSOR] = {0, 7, 0},
    [STYLE_LEAK] = {1, -1, THEME_BOLD},
    [STYLE_GROWTH] = {3, -1, 0},
    [STYLE_BAR] = {6, -1, 0},
    [STYLE_STATUS] = {-1, -1, THEME_REVERSE},
    [STYLE_MATCH] = {0, 11, 0},
    [STYLE_WARNING] = {1, -1, 0},
    [STYLE_SHADE_FIRST... STYLE_SHADE_LAST] = {8, -1, THEME_UNDERLINE},
    [STYLE_SHADE_LEAK] = {1, -1, THEME_UNDERLINE},
};

static const struct theme_look dark[STYLE_COUNT] = {
    [STYLE_TEXT] = {-1, -1, 0},
    [STYLE_QUIET] = {245, -1, 0},
    [STYLE_HEADING] = {252, -1, THEME_BOLD},
    [STYLE_CURSOR] = {255, 24, 0},
    [STYLE_LEAK] = {203, -1, THEME_BOLD},
    [STYLE_GROWTH] = {215, -1, 0},
    [STYLE_BAR] = {67, -1, 0},
    [STYLE_STATUS] = {252, 236, 0},
    [STYLE_MATCH] = {16, 222, 0},
    [STYLE_WARNING] = {208, -1, THEME_BOLD},
    SHADE(0) = {250, 235, 0},
    SHADE(1) = {250, 236, 0},
    SHADE(2) = {251, 237, 0},
    SHADE(3) = {251, 238, 0},
    SHADE(4) = {252, 239, 0},
    SHADE(5) = {252, 240, 0},
    [STYLE_SHADE_LEAK] = {217, 52, 0},
};

static const struct theme_look light[STYLE_COUNT] = {
    [STYLE_TEXT] = {-1, -1, 0},
    [STYLE_QUIET] = {242, -1, 0},
    [STYLE_HEADING] = {236, -1, THEME_BOLD},
    [STYLE_CURSOR] = {16, 153, 0},
    [STYLE_LEAK] = {160, -1, THEME_BOLD},
    [STYLE_GROWTH] = {130, -1, 0},
    [STYLE_BAR] = {67, -1, 0},
    [STYLE_STATUS] = {236, 254, 0},
    [STYLE_MATCH] = {16, 222, 0},
    [STYLE_WARNING] = {166, -1, THEME_BOLD},
    SHADE(0) = {238, 255, 0},
    SHADE(1) = {238, 254, 0},
    SHADE(2) = {237, 253, 0},
    SHADE(3) = {237, 252, 0},
    SHADE(4) = {236, 251, 0},
    SHADE(5) = {236, 250, 0},
    [STYLE_SHADE_LEAK] = {88, 224, 0},
};

static const char *const names[THEME_COUNT] = {
    [THEME_AUTO] = "auto", [THEME_DARK] = "dark", [THEME_LIGHT] = "light", [THEME_MONO] = "mono"};

int theme_of(const char *text) {
  for (int theme = 0; theme < THEME_COUNT; theme++)
    if (strcmp(names[theme], text) == 0)
      return theme;
  return -1;
}

const char *theme_name(enum theme theme) {
  return names[theme];
}

/* Terminals that say which colours they have end COLORFGBG in the background's number. */
static bool background_is_light(void) {
  const char *colors = getenv("COLORFGBG");
  const char *last = colors ? strrchr(colors, ';') : NULL;
  return last && (strcmp(last, ";7") == 0 || strcmp(last, ";15") == 0);
}

enum theme theme_resolve(enum theme theme) {
  if (theme != THEME_AUTO)
    return theme;
  return background_is_light() ? THEME_LIGHT : THEME_DARK;
}

const struct theme_look *theme_looks(enum theme theme, int colors) {
  if (theme == THEME_MONO || colors < 8)
    return mono;
  if (colors < 16)
    return few;
  if (colors < 256)
    return theme == THEME_LIGHT ? sixteen_light : sixteen_dark;
  return theme == THEME_LIGHT ? light : dark;
}
