package dev.braid.jobs.operator;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.data.Schema;
import dev.braid.router.Tasks;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Gathers the tasks and orders of one model to batches. What is sent may be written over: who takes
 * a batch has to be done with it when the call returns.
 */
final class ModelTasks implements Tasks {
  /** Tasks in a batch at the most. */
  private static final int MOST = 64;

  private final String key;
  private final String[] shards;
  private final Outbox.Sender sender;
  private final Consumer<ModelTasks> whenWaiting;
  private final ImageWriter writer = new ImageWriter();
  private final List<Order> orders = new ArrayList<>();
  private byte[] kinds = new byte[MOST];
  private double[] targets = new double[MOST];
  private double[] x = new double[0];
  private int count;
  private int features;
  private byte[] schema;
  private boolean fresh;
  private boolean dropped;
  private boolean isWaiting;

  /** Tasks that belong to no order yet. */
  private int tasks;

  /**
   * @param shards key of each shard's state
   * @param whenWaiting told when there is something to be sent, once until it is
   */
  ModelTasks(
      final String key,
      final String[] shards,
      final Outbox.Sender sender,
      final Consumer<ModelTasks> whenWaiting) {
    this.key = key;
    this.shards = shards;
    this.sender = sender;
    this.whenWaiting = whenWaiting;
  }

  boolean isEmpty() {
    return !isWaiting;
  }

  private void begin() {
    if (!isWaiting) {
      isWaiting = true;
      whenWaiting.accept(this);
    }
  }

  @Override
  public void open(final Schema first) {
    send();
    fresh = true;
    follow(first);
  }

  @Override
  public void grow(final Schema larger) {
    if (count > 0) {
      send();
    }
    follow(larger);
  }

  private void follow(final Schema now) {
    begin();
    now.write(writer.reset());
    schema = writer.toByteArray();
  }

  @Override
  public void ask(final double[] event) {
    add(event, 0, 0);
  }

  @Override
  public void learn(final double[] event, final double target, final double weight) {
    if (weight != 1) {
      throw new IllegalArgumentException("an event of a job counts once, not " + weight + " times");
    }
    add(event, TaskBatch.LEARN, target);
  }

  private void add(final double[] event, final int kind, final double target) {
    if (count == MOST) {
      send();
    }
    begin();
    if (count == 0) {
      features = event.length;
    }
    if (x.length < (count + 1) * features) {
      x =
          Arrays.copyOf(
              x, Math.max((count + 1) * features, Math.min(2 * x.length, MOST * features)));
    }
    System.arraycopy(event, 0, x, count * features, features);
    kinds[count] = (byte) kind;
    targets[count] = target;
    count++;
    tasks++;
  }

  /** The answer to the last task is to tell how much heap the experts hold. */
  void askSize() {
    kinds[count - 1] = (byte) (kinds[count - 1] | TaskBatch.SIZE);
  }

  /** Puts what was done since the last order into one. */
  void order(final Order.Kind kind, final Decoded record, final String text) {
    add(new Order(kind, tasks, record, text, false, null, 0, 0, 0));
  }

  /**
   * The same for an event.
   *
   * @param label that it is learned with, or null
   * @param waits whether it waits for its label
   * @param early the record that the label comes from if that waited for the event, or null
   * @param state of its model
   */
  void order(
      final Event event,
      final String label,
      final boolean waits,
      final LabelRecord early,
      final SessionState state) {
    add(
        new Order(
            Order.Kind.EVENT,
            tasks,
            event,
            label,
            waits,
            early,
            state.events,
            state.pendingLabels,
            state.expiredLabels));
  }

  private void add(final Order order) {
    begin();
    orders.add(order);
    tasks = 0;
    if (orders.size() >= MOST || count >= MOST) {
      send();
    }
  }

  /** Tasks of a record that failed get an order of their own, which does nothing. */
  void failed() {
    if (tasks > 0) {
      order(Order.Kind.NOTHING, null, null);
    }
  }

  /** The model is to be forgotten. */
  void drop() {
    send();
    begin();
    dropped = true;
    order(Order.Kind.DROPPED, null, null);
  }

  /** Sends what there is; to be followed by nothing until something is added. */
  void flush() {
    send();
    isWaiting = false;
  }

  private void send() {
    if (count > 0 || schema != null || dropped) {
      final TaskBatch batch =
          new TaskBatch(shards[0], dropped, fresh, schema, features, count, kinds, x, targets);
      for (final String shard : shards) {
        sender.tasks(batch.to(shard));
      }
      count = 0;
      schema = null;
      fresh = false;
      dropped = false;
    }
    if (!orders.isEmpty()) {
      sender.orders(new OrderBatch(key, sender.modelBytes(), orders));
      orders.clear();
    }
  }
}
