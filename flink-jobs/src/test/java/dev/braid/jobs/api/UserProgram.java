package dev.braid.jobs.api;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.config.LearnerConfig;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** A Flink program as a user writes it: rows of a type of its own in, predictions out. */
public final class UserProgram {
  private UserProgram() {}

  /** An order of the user's. */
  public record Order(long number, String shop, double amount, String country, String outcome) {
    static Order of(final int i) {
      final double amount = i * 37 % 100;
      final String country = i % 3 == 0 ? "DE" : "FR";
      final String outcome = amount > 60 && i % 3 == 0 ? "fraud" : "paid";
      return new Order(i, "shop-" + i % 2, amount, country, outcome);
    }
  }

  /** An order's outcome, as it is known later. */
  public record Outcome(long number, String shop, String outcome) {}

  /** Prints how many predictions came, whether they were good, and why rows were refused. */
  public static void main(final String[] args) throws Exception {
    try {
      Class.forName("org.apache.kafka.clients.consumer.KafkaConsumer");
      throw new IllegalStateException("Kafka is on the class path");
    } catch (final ClassNotFoundException wanted) {
      System.out.println("learned: " + run());
    }
  }

  private static String run() throws Exception {
    final StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment();
    environment.setParallelism(1);
    final List<Order> orders = IntStream.range(0, 1_000).mapToObj(Order::of).toList();
    final DataStream<Decoded> events =
        BraidStream.events(
            environment.fromData(Order.class, orders.toArray(Order[]::new)),
            (order, event) ->
                event
                    .id(order.number() == 500 ? null : "" + order.number())
                    .key(order.shop())
                    .number("amount", order.amount())
                    .text("country", order.country())
                    .label(order.number() % 4 == 0 ? null : order.outcome()));
    final DataStream<Decoded> labels =
        BraidStream.labels(
            environment.fromData(
                Outcome.class,
                orders.stream()
                    .filter(order -> order.number() % 4 == 0)
                    .map(order -> new Outcome(order.number(), order.shop(), order.outcome()))
                    .toArray(Outcome[]::new)),
            (outcome, label) ->
                label.id("" + outcome.number()).key(outcome.shop()).label(outcome.outcome()));
    final BraidStream learned =
        BraidStream.learn(
                events, labels, LearnerConfig.of(Map.of("model.seed", "7", "metrics.every", "100")))
            .uid("fraud");
    final CloseableIterator<PredictionRecord> predictions = learned.predictions().collectAsync();
    final CloseableIterator<MetricsRecord> metrics = learned.metrics().collectAsync();
    final CloseableIterator<DeadLetter> letters = learned.deadLetters().collectAsync();
    environment.execute();
    int right = 0;
    int all = 0;
    while (predictions.hasNext()) {
      final PredictionRecord record = predictions.next();
      final Order order = Order.of(Integer.parseInt(record.id()));
      right += order.outcome().equals(record.predicted()) ? 1 : 0;
      all++;
    }
    final StringBuilder reasons = new StringBuilder();
    while (letters.hasNext()) {
      final DeadLetter letter = letters.next();
      reasons.append(letter.reason()).append(';');
    }
    int reports = 0;
    while (metrics.hasNext()) {
      metrics.next();
      reports++;
    }
    return all + " " + (right > 0.85 * all) + " " + (reports >= 8) + " " + reasons;
  }
}
