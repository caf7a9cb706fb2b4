/* SPDX-License-Identifier: Apache-2.0
 *
 * Figures between any two moments, against a plain list of lives.
 */
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LIVES 600
#define STACKS 5
#define MARKS 4
#define END 1000000

struct life {
  uint64_t birth, death, size; /* death 0: stands at the end */
  uint32_t context, thread;
};

static struct life lives[LIVES];

static void lives_make(unsigned seed) {
  for (int i = 0; i < LIVES; i++) {
    struct life *life = &lives[i];
    *life = (struct life){.birth = 2000 + (uint64_t)i * 1500 + (uint64_t)rand_r(&seed) % 1000,
                          .size = (uint64_t)rand_r(&seed) % 5000,
                          .context = 1 + (uint32_t)rand_r(&seed) % STACKS,
                          .thread = 1 + (uint32_t)rand_r(&seed) % 2};
    if (rand_r(&seed) % 3)
      life->death = life->birth + 1 + (uint64_t)rand_r(&seed) % 400000;
    if (life->death >= END)
      life->death = 0;
  }
}

struct happening {
  uint64_t stamp;
  int life;
  bool death;
};

static int happening_compare(const void *a, const void *b) {
  const struct happening *x = a, *y = b;
  if (x->stamp != y->stamp)
    return x->stamp < y->stamp ? -1 : 1;
  return x->death - y->death;
}

/* Writes the lives in the order of time, drained now and then; blocks never share an address. */
static void lives_write(struct builder *builder) {
  static struct happening list[LIVES * 2];
  size_t count = 0;
  for (int i = 0; i < LIVES; i++) {
    list[count++] = (struct happening){lives[i].birth, i, false};
    if (lives[i].death)
      list[count++] = (struct happening){lives[i].death, i, true};
  }
  qsort(list, count, sizeof *list, happening_compare);
  for (size_t i = 0; i < count; i++) {
    const struct life *life = &lives[list[i].life];
    uint64_t address = 0x100000 + (uint64_t)list[i].life * 64;
    if (list[i].death)
      builder_free(builder, 3 - life->thread, list[i].stamp, address);
    else
      builder_alloc(builder, life->thread, list[i].stamp, address, life->size, life->context);
    if (i % 97 == 96)
      builder_drain(builder, 1 + (uint32_t)(i % 2));
  }
}

static void lives_scene(struct scene *scene, unsigned seed, bool fine) {
  lives_make(seed);
  scene_begin(scene);
  for (uint32_t i = 1; i <= STACKS; i++)
    builder_context(scene->builder, i, 0, 1, i * 0x10, 0);
  for (uint64_t i = 1; i <= MARKS; i++)
    builder_mark(scene->builder, SEEP_MARK_LABEL, "mark", i, i * 200000);
  lives_write(scene->builder);
  scene_analyse(scene, END, false, &(struct analysis_options){.fine = fine});
}

static int stamp_compare(const void *a, const void *b) {
  const uint64_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

/* What the lives of one stack (0: of all) say of the interval [from, to). */
static struct analysis_figures lives_figures(uint32_t context, uint64_t from, uint64_t to) {
  struct analysis_figures figures = {0};
  static uint64_t births[LIVES];
  bool threads[3] = {false};
  for (int i = 0; i < LIVES; i++) {
    const struct life *life = &lives[i];
    if (context && life->context != context)
      continue;
    bool born = life->birth >= from && life->birth < to;
    bool died = life->death >= from && life->death < to && life->death;
    bool stands = born && (!life->death || life->death >= to);
    figures.allocations += born;
    figures.allocated_bytes += born ? life->size : 0;
    figures.frees += died;
    figures.freed_bytes += died ? life->size : 0;
    threads[life->thread] |= born;
    if (!stands)
      continue;
    births[figures.outstanding_blocks++] = life->birth;
    figures.outstanding_bytes += life->size;
  }
  figures.growth_blocks = (int64_t)figures.allocations - (int64_t)figures.frees;
  figures.growth_bytes = (int64_t)figures.allocated_bytes - (int64_t)figures.freed_bytes;
  figures.threads = (uint32_t)threads[1] + threads[2];
  if (figures.outstanding_blocks) {
    qsort(births, figures.outstanding_blocks, sizeof *births, stamp_compare);
    figures.oldest_stamp = births[0];
    figures.median_stamp = births[(figures.outstanding_blocks - 1) / 2];
  }
  return figures;
}

static void figures_check(const struct analysis_figures *got, const struct analysis_figures *truth,
                          bool at_end) {
  assert_int_equal(got->allocations, truth->allocations);
  assert_int_equal(got->allocated_bytes, truth->allocated_bytes);
  assert_int_equal(got->frees, truth->frees);
  assert_int_equal(got->freed_bytes, truth->freed_bytes);
  assert_int_equal(got->outstanding_blocks, truth->outstanding_blocks);
  assert_int_equal(got->outstanding_bytes, truth->outstanding_bytes);
  assert_int_equal(got->growth_blocks, truth->growth_blocks);
  assert_int_equal(got->growth_bytes, truth->growth_bytes);
  assert_int_equal(got->oldest_stamp, truth->oldest_stamp);
  assert_int_equal(got->threads, truth->threads);
  if (at_end)
    assert_int_equal(got->median_stamp, truth->median_stamp);
}

static void interval_check(const struct scene *scene, size_t from, size_t to) {
  const struct analysis_moment *moments;
  size_t count = analysis_moments(scene->analysis, &moments);
  struct analysis_report *report = analysis_interval(scene->analysis, from, to);
  assert_non_null(report);
  bool at_end = to == count - 1;
  uint64_t start = from ? moments[from].stamp : 0, stop = at_end ? UINT64_MAX : moments[to].stamp;
  struct analysis_figures truth = lives_figures(0, start, stop);
  figures_check(&report->totals, &truth, at_end);
  uint64_t last = UINT64_MAX;
  for (size_t i = 0; i < report->site_count; i++) {
    const struct analysis_site *site = &report->sites[i];
    truth = lives_figures((uint32_t)(site->offset / 0x10), start, stop);
    figures_check(&site->figures, &truth, at_end);
    assert_int_equal(site->stack_count, 1);
    figures_check(&site->stacks[0].figures, &truth, at_end);
    assert_true(site->figures.outstanding_bytes <= last);
    last = site->figures.outstanding_bytes;
  }
  analysis_report_free(report);
}

static void interval_agrees_between_any_moments(void **state) {
  (void)state;
  for (unsigned seed = 1; seed <= 5; seed++) {
    struct scene scene;
    lives_scene(&scene, seed, false);
    for (size_t from = 0; from <= MARKS; from++)
      for (size_t to = from; to <= MARKS + 1; to++)
        interval_check(&scene, from, to);
    scene_end(&scene);
  }
}

/* Where moments between the marks were asked for, intervals are as exact there; units stay with the
 * marks, whose names find them as before. */
static void interval_agrees_between_fine_moments(void **state) {
  (void)state;
  struct scene scene;
  lives_scene(&scene, 3, true);
  const struct analysis_moment *moments;
  size_t count = analysis_moments(scene.analysis, &moments), marks = 0;
  assert_true(count > 2 * (MARKS + 2));
  for (size_t from = 0; from < count; from++) {
    marks += moments[from].mark != 0;
    assert_true(from == 0 || moments[from].stamp > moments[from - 1].stamp);
    for (size_t to = from; to < count; to += 3)
      interval_check(&scene, from, to);
  }
  assert_int_equal(marks, MARKS);
  long found = analysis_find_moment(scene.analysis, "#2");
  assert_int_equal(moments[found].mark, 2);
  struct analysis_report *report = analysis_interval(scene.analysis, 0, (size_t)found + 1);
  assert_int_equal(report->units, 1 + 2);
  analysis_report_free(report);
  scene_end(&scene);
}

static void interval_takes_threads_as_rows(void **state) {
  (void)state;
  struct scene scene;
  lives_scene(&scene, 42, false);
  const struct analysis_query query = {.from = 0, .to = MARKS + 1, .by = ANALYSIS_BY_THREAD};
  struct analysis_report *report = analysis_query(scene.analysis, &query);
  assert_non_null(report);
  assert_int_equal(report->site_count, 2);
  for (size_t i = 0; i < 2; i++) {
    uint64_t bytes = 0, allocations = 0;
    const struct analysis_site *row = &report->sites[i];
    for (int k = 0; k < LIVES; k++) {
      bool mine = scene.trace->threads[row->thread].tid == 100 + lives[k].thread;
      allocations += mine;
      bytes += mine && !lives[k].death ? lives[k].size : 0;
    }
    assert_int_equal(row->figures.allocations, allocations);
    assert_int_equal(row->figures.outstanding_bytes, bytes);
    assert_int_equal(row->figures.threads, 1);
    assert_int_equal(row->stack_count, STACKS);
  }
  analysis_report_free(report);
  scene_end(&scene);
}

static void interval_estimates_medians_between_marks(void **state) {
  (void)state;
  struct scene scene;
  lives_scene(&scene, 9, false);
  struct analysis_report *report = analysis_interval(scene.analysis, 0, 2);
  assert_non_null(report);
  struct analysis_figures truth = lives_figures(0, 0, 400000);
  uint64_t got = report->totals.median_stamp, is = truth.median_stamp;
  assert_true((got > is ? got - is : is - got) < 40000);
  analysis_report_free(report);
  scene_end(&scene);
}

static void interval_tells_the_time_line(void **state) {
  (void)state;
  struct scene scene;
  lives_scene(&scene, 11, false);
  const struct analysis_step *steps;
  size_t count = analysis_time_line(scene.analysis, &steps);
  assert_int_equal(count, 300);
  assert_int_equal(steps[0].stamp, 1000);
  assert_int_equal(steps[count - 1].stamp, END);
  for (size_t i = 0; i < count; i++) {
    uint64_t blocks = 0, bytes = 0;
    for (int k = 0; k < LIVES; k++) {
      bool stands =
          lives[k].birth <= steps[i].stamp && (!lives[k].death || lives[k].death > steps[i].stamp);
      blocks += stands;
      bytes += stands ? lives[k].size : 0;
    }
    assert_int_equal(steps[i].outstanding_blocks, blocks);
    assert_int_equal(steps[i].outstanding_bytes, bytes);
  }
  scene_end(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(interval_agrees_between_any_moments),
      cmocka_unit_test(interval_agrees_between_fine_moments),
      cmocka_unit_test(interval_takes_threads_as_rows),
      cmocka_unit_test(interval_estimates_medians_between_marks),
      cmocka_unit_test(interval_tells_the_time_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
