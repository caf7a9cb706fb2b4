/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "screen/theme.h"

#include <stdlib.h>
#include <string.h>

/* What a person must be able to tell from plain text, on whatever terminal. */
static const enum screen_style lit[] = {STYLE_HEADING,    STYLE_CURSOR, STYLE_LEAK,
                                        STYLE_GROWTH,     STYLE_STATUS, STYLE_MATCH,
                                        STYLE_SHADE_LEAK, STYLE_WARNING};
static const int terminals[] = {0, 8, 16, 88, 256};

static bool same(const struct theme_look *a, const struct theme_look *b) {
  return a->front == b->front && a->back == b->back && a->attributes == b->attributes;
}

static void what_matters_is_told_from_the_rest_everywhere(void **state) {
  (void)state;
  for (int theme = THEME_DARK; theme < THEME_COUNT; theme++)
    for (size_t i = 0; i < sizeof terminals / sizeof *terminals; i++) {
      const struct theme_look *looks = theme_looks((enum theme)theme, terminals[i]);
      for (size_t j = 0; j < sizeof lit / sizeof *lit; j++)
        assert_false(same(&looks[lit[j]], &looks[STYLE_TEXT]));
      assert_false(same(&looks[STYLE_LEAK], &looks[STYLE_QUIET]));
      assert_false(same(&looks[STYLE_SHADE_LEAK], &looks[STYLE_SHADE_FIRST]));
      if (theme != THEME_MONO && terminals[i])
        assert_false(same(&looks[STYLE_LEAK], &looks[STYLE_GROWTH]));
    }
}

static void no_colour_is_used_that_the_terminal_has_not(void **state) {
  (void)state;
  for (int theme = THEME_DARK; theme < THEME_COUNT; theme++)
    for (size_t i = 0; i < sizeof terminals / sizeof *terminals; i++) {
      const struct theme_look *looks = theme_looks((enum theme)theme, terminals[i]);
      int colors = theme == THEME_MONO ? 0 : terminals[i];
      for (int style = 0; style < STYLE_COUNT; style++) {
        assert_in_range(looks[style].front + 1, 0, colors);
        assert_in_range(looks[style].back + 1, 0, colors);
      }
    }
}

static void dark_and_light_differ_where_there_are_colours_enough(void **state) {
  (void)state;
  for (size_t i = 2; i < sizeof terminals / sizeof *terminals; i++) {
    const struct theme_look *dark = theme_looks(THEME_DARK, terminals[i]);
    const struct theme_look *light = theme_looks(THEME_LIGHT, terminals[i]);
    assert_false(same(&dark[STYLE_CURSOR], &light[STYLE_CURSOR]));
    assert_false(same(&dark[STYLE_LEAK], &light[STYLE_LEAK]));
    assert_false(same(&dark[STYLE_QUIET], &light[STYLE_QUIET]));
  }
}

static void auto_goes_by_the_background(void **state) {
  (void)state;
  static const struct {
    const char *colors;
    enum theme theme;
  } cases[] = {{"15;0", THEME_DARK},          {"0;15", THEME_LIGHT}, {"0;7", THEME_LIGHT},
               {"0;default;15", THEME_LIGHT}, {"", THEME_DARK},      {"7", THEME_DARK},
               {"0;17", THEME_DARK}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    setenv("COLORFGBG", cases[i].colors, 1);
    assert_int_equal(theme_resolve(THEME_AUTO), cases[i].theme);
    assert_int_equal(theme_resolve(THEME_MONO), THEME_MONO);
  }
  unsetenv("COLORFGBG");
  assert_int_equal(theme_resolve(THEME_AUTO), THEME_DARK);
}

static void names_lead_back(void **state) {
  (void)state;
  for (int theme = 0; theme < THEME_COUNT; theme++)
    assert_int_equal(theme_of(theme_name((enum theme)theme)), theme);
  assert_int_equal(theme_of("purple"), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_matters_is_told_from_the_rest_everywhere),
      cmocka_unit_test(no_colour_is_used_that_the_terminal_has_not),
      cmocka_unit_test(dark_and_light_differ_where_there_are_colours_enough),
      cmocka_unit_test(auto_goes_by_the_background),
      cmocka_unit_test(names_lead_back),
  };
  return cmocka_run_group_tests_name("theme", tests, set_locale, NULL);
}
