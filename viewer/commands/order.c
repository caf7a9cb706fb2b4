/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/order.h"
#include "attach/standing.h"
#include "commands/message.h"
#include "commands/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ORDER_TIMEOUT_MOST 3600

bool order_timeout(const char *text, double *seconds) {
  if (options_decimal(text, seconds) && *seconds > 0 && *seconds <= ORDER_TIMEOUT_MOST)
    return true;
  options_wrong("--timeout %s: seconds expected, at most %d", text, ORDER_TIMEOUT_MOST);
  return false;
}

/* What can be done about it. */
static const char *order_advice(const struct attach_request *request, enum attach_status status) {
  struct standing standing = standing_of(request->pid);
  switch (status) {
  case ATTACH_DENIED:
    if (standing.uid != geteuid())
      return "be root, or its user";
    return standing.scope ? "kernel.yama.ptrace_scope allows it to root alone, or not at all"
                          : "it has privileges that we lack: be root";
  case ATTACH_TRACED:
    return "end the debugger or tracer first";
  case ATTACH_STOPPED:
    return "let it go on first (kill -CONT)";
  case ATTACH_SECCOMP:
    return "--despite-seccomp goes on all the same";
  case ATTACH_NO_SAFE_POINT:
    return "try again, or give it a longer --timeout; it runs on as before";
  case ATTACH_NO_RECORDER:
    return "it is not recorded, or by another version of seep";
  case ATTACH_WAITING:
    return "one of its threads may hold a lock of the loader for long; what was begun is finished "
           "when it is free";
  default:
    return "";
  }
}

static int order_say(const struct attach_request *request, const char *what, const char *detail,
                     const char *advice) {
  return message_error("process %d %s%s%s%s%s", (int)request->pid, what, *detail ? ": " : "",
                       detail, *advice ? "; " : "", advice);
}

static int order_say_result(const struct attach_request *request,
                            const struct attach_outcome *outcome) {
  const char *reason = outcome->error ? strerror(outcome->error) : "";
  switch (outcome->result) {
  case SEEP_ATTACH_RECORDING:
    return order_say(request, "is recorded already, or has been to its end", "", "");
  case SEEP_ATTACH_IDLE:
    return order_say(request, "is not recorded", "", "");
  case SEEP_ATTACH_PRELOADED:
    return order_say(request, "has been recorded from its start", "",
                     "'seep pause' holds the recording");
  case SEEP_ATTACH_TRACE:
    return order_say(request, "cannot make the trace", reason,
                     "name a file with -o that its user can make, below its root directory");
  case SEEP_ATTACH_NO_CALLS:
    return order_say(request, "has no calls of allocating functions that can be patched", "", "");
  case SEEP_ATTACH_LATER:
    return order_say(request, "still has a thread in the recorder's code", "",
                     "nothing is recorded any more; 'seep detach' again completes the trace");
  default:
    return order_say(request, "has a recorder that did not understand", "", "");
  }
}

int order_failed(const struct attach_request *request, enum attach_status status,
                 const struct attach_outcome *outcome) {
  if (status == ATTACH_OK)
    return order_say_result(request, outcome);
  const char *detail = outcome->detail;
  if (!*detail && outcome->error)
    detail = strerror(outcome->error);
  return order_say(request, attach_status_text(status), detail, order_advice(request, status));
}
