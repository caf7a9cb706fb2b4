/* SPDX-License-Identifier: Apache-2.0
 *
 * How much stays per unit of work: a least-squares line through what stood at the marks, and
 * whether its slope is a simple number.
 */
#ifndef SEEP_ANALYSIS_RATE_H
#define SEEP_ANALYSIS_RATE_H

#include <stdbool.h>
#include <stddef.h>

/* What an interval brought is told per hour or per day only of one that lasted as long as this: a
 * shorter one would be multiplied by more than sixty, and a warm-up shown as terabytes. */
#define RATE_SPAN_SECONDS 60

struct rate_point {
  double units, amount;
};

struct rate {
  double slope, low, high; /* with its 95 % confidence interval; NAN: two points have none */
};

/* false: the points (at least two) do not differ in units. */
bool rate_fit(struct rate *rate, const struct rate_point *points, size_t count);

/* The two-sided 95 % quantile of Student's t. */
double rate_student(size_t degrees);

/* The simple number that value is within a share (of it) of: a small whole number or one part in
 * 2, 3, 4, 5, 8, 10, 20, 50, 100, 1,000, two thirds or three quarters; or false. */
struct rate_fraction {
  unsigned top, bottom;
};
bool rate_near(double value, double share, struct rate_fraction *fraction);

/* The same within a hundredth. */
bool rate_exact(double value, struct rate_fraction *fraction);

#endif
