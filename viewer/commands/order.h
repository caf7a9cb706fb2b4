/* SPDX-License-Identifier: Apache-2.0
 *
 * What seep attach and seep detach share: their timeout, and how they say what went wrong.
 */
#ifndef SEEP_ORDER_H
#define SEEP_ORDER_H

#include "attach/attach.h"

#define ORDER_TIMEOUT 10.0

/* Reads the value of --timeout. false: said on stderr. */
bool order_timeout(const char *text, double *seconds);

/* Says on stderr why an order was not obeyed: COMMAND_ERROR. */
int order_failed(const struct attach_request *request, enum attach_status status,
                 const struct attach_outcome *outcome);

#endif
