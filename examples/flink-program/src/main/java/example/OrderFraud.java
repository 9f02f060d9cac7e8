package example;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.api.BraidStream;
import dev.braid.jobs.config.LearnerConfig;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** Orders of a type of one's own in, predictions out; some outcomes are known later. */
public final class OrderFraud {
  private OrderFraud() {}

  /** An order; one in four does not know its outcome yet. */
  public record Order(long number, String shop, double amount, String country, String outcome) {
    static Order of(final int i) {
      final double amount = i * 37 % 100;
      final String country = i % 3 == 0 ? "DE" : "FR";
      return new Order(i, "shop-" + i % 2, amount, country, i % 4 == 0 ? null : outcome(i));
    }

    static String outcome(final int i) {
      return i * 37 % 100 > 60 && i % 3 == 0 ? "fraud" : "paid";
    }
  }

  /** An order's outcome, as it is known later. */
  public record Outcome(long number, String shop, String outcome) {}

  public static void main(final String[] args) throws Exception {
    final StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment();
    environment.setParallelism(1);
    final DataStream<Order> orders =
        environment.fromData(
            Order.class, IntStream.range(0, 1_000).mapToObj(Order::of).toArray(Order[]::new));
    final DataStream<Outcome> outcomes =
        environment.fromData(
            Outcome.class,
            IntStream.range(0, 250)
                .mapToObj(i -> new Outcome(4 * i, "shop-" + 4 * i % 2, Order.outcome(4 * i)))
                .toArray(Outcome[]::new));

    final DataStream<Decoded> events =
        BraidStream.events(
            orders,
            (order, event) ->
                event
                    .id(order.number() == 501 ? null : "" + order.number())
                    .key(order.shop())
                    .number("amount", order.amount())
                    .text("country", order.country())
                    .label(order.outcome()));
    final DataStream<Decoded> labels =
        BraidStream.labels(
            outcomes,
            (outcome, label) ->
                label.id("" + outcome.number()).key(outcome.shop()).label(outcome.outcome()));
    final BraidStream fraud =
        BraidStream.learn(
                events, labels, LearnerConfig.of(Map.of("model.seed", "7", "metrics.every", "100")))
            .uid("fraud");

    final CloseableIterator<PredictionRecord> predictions = fraud.predictions().collectAsync();
    final CloseableIterator<MetricsRecord> metrics = fraud.metrics().collectAsync();
    final CloseableIterator<DeadLetter> refused = fraud.deadLetters().collectAsync();
    environment.execute();

    int right = 0;
    int all = 0;
    while (predictions.hasNext()) {
      final PredictionRecord prediction = predictions.next();
      final String outcome = Order.outcome(Integer.parseInt(prediction.id()));
      right += outcome.equals(prediction.predicted()) ? 1 : 0;
      all++;
    }
    System.out.println(all + " predictions, " + 100 * right / all + " % right");
    int reports = 0;
    while (metrics.hasNext()) {
      metrics.next();
      reports++;
    }
    System.out.println(reports + " reports on models");
    while (refused.hasNext()) {
      System.out.println("refused: " + refused.next().reason());
    }
  }
}
