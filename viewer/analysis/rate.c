/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rate.h"
#include <math.h>

double rate_student(size_t degrees) {
  static const double table[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365,
                                 2.306,  2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
                                 2.131,  2.120, 2.110, 2.101, 2.093, 2.086};
  size_t known = sizeof table / sizeof *table;
  if (!degrees)
    return INFINITY;
  if (degrees <= known)
    return table[degrees - 1];
  double z = 1.959964, n = (double)degrees; /* Cornish and Fisher's expansion */
  double first = (z * z * z + z) / (4 * n);
  double second = (5 * pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * n * n);
  return z + first + second;
}

bool rate_fit(struct rate *rate, const struct rate_point *points, size_t count) {
  double units = 0, amounts = 0, squares = 0, products = 0, rest = 0;
  *rate = (struct rate){0, NAN, NAN};
  for (size_t i = 0; i < count; i++) {
    units += points[i].units / (double)count;
    amounts += points[i].amount / (double)count;
  }
  for (size_t i = 0; i < count; i++) {
    squares += (points[i].units - units) * (points[i].units - units);
    products += (points[i].units - units) * (points[i].amount - amounts);
  }
  if (!(squares > 0))
    return false;
  rate->slope = products / squares;
  if (count < 3)
    return true;
  for (size_t i = 0; i < count; i++) {
    double miss = points[i].amount - amounts - rate->slope * (points[i].units - units);
    rest += miss * miss;
  }
  double error = sqrt(rest / (double)(count - 2) / squares);
  rate->low = rate->slope - rate_student(count - 2) * error;
  rate->high = rate->slope + rate_student(count - 2) * error;
  return true;
}

bool rate_near(double value, double share, struct rate_fraction *fraction) {
  static const struct rate_fraction fractions[] = {{1, 2},  {1, 3},  {2, 3},   {1, 4},
                                                   {3, 4},  {1, 5},  {1, 8},   {1, 10},
                                                   {1, 20}, {1, 50}, {1, 100}, {1, 1000}};
  for (unsigned whole = 1; whole <= 16; whole++)
    if (fabs(value / whole - 1) <= share) {
      *fraction = (struct rate_fraction){whole, 1};
      return true;
    }
  for (size_t i = 0; i < sizeof fractions / sizeof *fractions; i++)
    if (fabs(value * fractions[i].bottom / fractions[i].top - 1) <= share) {
      *fraction = fractions[i];
      return true;
    }
  return false;
}

bool rate_exact(double value, struct rate_fraction *fraction) {
  return rate_near(value, 0.01, fraction);
}
