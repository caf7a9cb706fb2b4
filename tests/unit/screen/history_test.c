/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "screen/history.h"

#include <stdlib.h>

static const struct view_ops plain = {.name = "plain", .bytes = sizeof(struct view), .by = -1};

static struct place place_at(size_t base) {
  return (struct place){.base = base};
}

static void nothing_to_undo_at_first(void **state) {
  (void)state;
  struct history history = {0};
  struct place here = place_at(3);
  assert_false(history_undo(&history, &here));
  assert_false(history_redo(&history, &here));
  assert_int_equal(here.base, 3);
}

static void undo_goes_back_and_redo_forth(void **state) {
  (void)state;
  struct history history = {0};
  struct place here = place_at(0);
  for (size_t base = 1; base <= 3; base++) {
    history_step(&history, &here);
    here = place_at(base);
  }
  for (size_t base = 3; base-- > 0;) {
    assert_true(history_undo(&history, &here));
    assert_int_equal(here.base, base);
  }
  assert_false(history_undo(&history, &here));
  for (size_t base = 1; base <= 3; base++) {
    assert_true(history_redo(&history, &here));
    assert_int_equal(here.base, base);
  }
  assert_false(history_redo(&history, &here));
}

static void a_new_step_forgets_what_was_undone(void **state) {
  (void)state;
  struct history history = {0};
  struct place here = place_at(0);
  history_step(&history, &here);
  here = place_at(1);
  assert_true(history_undo(&history, &here));
  history_step(&history, &here);
  here = place_at(2);
  assert_false(history_redo(&history, &here));
  assert_true(history_undo(&history, &here));
  assert_int_equal(here.base, 0);
}

static void the_oldest_places_are_forgotten(void **state) {
  (void)state;
  struct history history = {0};
  for (size_t base = 0; base < HISTORY_PLACES + 5; base++) {
    struct place place = place_at(base);
    history_step(&history, &place);
  }
  struct place here = place_at(999);
  size_t undone = 0;
  while (history_undo(&history, &here))
    undone++;
  assert_int_equal(undone, HISTORY_PLACES);
  assert_int_equal(here.base, 5);
}

static void overlays_live_as_long_as_they_can_come_back(void **state) {
  (void)state;
  struct history history = {0};
  struct settings settings = {0};
  struct place with = place_at(0);
  with.overlays[with.overlay_count++] = view_new(&plain, NULL, &settings, NULL, NULL);
  struct view *overlay = with.overlays[0];
  history_step(&history, &with);
  assert_int_equal(overlay->users, 2);
  history_drop_place(&with); /* as closing it does */
  assert_int_equal(overlay->users, 1);
  struct place here = place_at(0);
  assert_true(history_undo(&history, &here));
  assert_ptr_equal(here.overlays[0], overlay);
  history_drop_place(&here);
  history_release(&history);
}

static void a_place_differs_by_what_a_step_changes(void **state) {
  (void)state;
  struct place a = place_at(1), b = a;
  assert_true(history_same(&a, &b));
  b.question.to = 5;
  assert_false(history_same(&a, &b));
  b = a;
  b.spot.second = 1;
  assert_false(history_same(&a, &b));
  b = a;
  b.question.filter[0] = 'x';
  assert_false(history_same(&a, &b));
  b = a;
  b.base = 2;
  assert_false(history_same(&a, &b));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_to_undo_at_first),
      cmocka_unit_test(undo_goes_back_and_redo_forth),
      cmocka_unit_test(a_new_step_forgets_what_was_undone),
      cmocka_unit_test(the_oldest_places_are_forgotten),
      cmocka_unit_test(overlays_live_as_long_as_they_can_come_back),
      cmocka_unit_test(a_place_differs_by_what_a_step_changes),
  };
  return cmocka_run_group_tests_name("history", tests, set_locale, NULL);
}
