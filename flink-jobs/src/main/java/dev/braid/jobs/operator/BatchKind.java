package dev.braid.jobs.operator;

/** What travels between the operators of a divided model. */
enum BatchKind {
  TASKS,
  ANSWERS,
  ORDERS;

  BatchCodec<?> newCodec() {
    return switch (this) {
      case TASKS -> new TaskCodec();
      case ANSWERS -> new AnswerCodec();
      case ORDERS -> new OrderCodec();
    };
  }
}
