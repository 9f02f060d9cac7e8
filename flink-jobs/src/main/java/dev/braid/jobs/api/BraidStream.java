package dev.braid.jobs.api;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.ModelRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.operator.EventLearnerOperator;
import dev.braid.jobs.operator.LabelledLearnerOperator;
import dev.braid.jobs.operator.MixedLearnerOperator;
import dev.braid.jobs.operator.SideOutputs;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SideOutputDataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Learners on a stream of events: every event is predicted, then learned from once its label is
 * known.
 *
 * <pre>{@code
 * DataStream<Decoded> events =
 *     BraidStream.events(
 *         orders,
 *         (order, event) ->
 *             event
 *                 .id(order.number())
 *                 .key(order.shop())
 *                 .number("amount", order.amount())
 *                 .text("country", order.country())
 *                 .label(order.outcome()));
 * BraidStream fraud =
 *     BraidStream.learn(events, LearnerConfig.of(Map.of("model.seed", "7"))).uid("fraud");
 * fraud.predictions().sinkTo(...);
 * fraud.deadLetters().sinkTo(...);
 * }</pre>
 *
 * <p>There is one model per {@link Event#key()}. Its state is in Flink's state backend, so that
 * checkpoints, savepoints and rescaling work as for any operator; the results are the same, to the
 * last bit, as those of an undisturbed run.
 */
public final class BraidStream {
  private final SingleOutputStreamOperator<PredictionRecord> predictions;
  private final SingleOutputStreamOperator<? extends Decoded> events;
  private final SingleOutputStreamOperator<LabelRecord> labels;

  private BraidStream(
      final SingleOutputStreamOperator<PredictionRecord> predictions,
      final SingleOutputStreamOperator<? extends Decoded> events,
      final SingleOutputStreamOperator<LabelRecord> labels) {
    this.predictions = predictions;
    this.events = events;
    this.labels = labels;
  }

  /**
   * Events of rows of any type. A row that is no event, because it has no id or the mapping throws,
   * is among the {@link #deadLetters()} of the stream that learns from these.
   */
  public static <T> DataStream<Decoded> events(
      final DataStream<T> rows, final EventMapping<T> mapping) {
    return rows.map(MapRows.toEvents(mapping)).returns(RecordTypes.DECODED).name("events");
  }

  /** Late labels of rows of any type; a row that is none is a dead letter. */
  public static <T> DataStream<Decoded> labels(
      final DataStream<T> rows, final LabelMapping<T> mapping) {
    return rows.map(MapRows.toLabels(mapping)).returns(RecordTypes.DECODED).name("labels");
  }

  /**
   * Predicts and learns events that bring their labels; those without one are predicted alone.
   *
   * @param events as {@link #events} makes them, or {@link Event}s
   */
  public static BraidStream learn(
      final DataStream<? extends Decoded> events, final LearnerConfig config) {
    return learn(events, null, config);
  }

  /**
   * Predicts events, and learns them when their labels come: with the event, before it or after it.
   *
   * @param events as {@link #events} makes them, or {@link Event}s
   * @param labels as {@link #labels} makes them, or {@link LabelRecord}s; null for none
   */
  public static BraidStream learn(
      final DataStream<? extends Decoded> events,
      final DataStream<? extends Decoded> labels,
      final LearnerConfig config) {
    final int highestText = config.limits().textLength();
    final SingleOutputStreamOperator<Event> split =
        split(events, Event.class, RecordTypes.EVENT, highestText);
    final KeyedStream<Event, String> keyed = as(events, split).keyBy(Event::key, Types.STRING);
    if (labels == null) {
      return new BraidStream(
          keyed.transform("learner", RecordTypes.PREDICTION, new EventLearnerOperator(config)),
          split,
          null);
    }
    final SingleOutputStreamOperator<LabelRecord> splitLabels =
        split(labels, LabelRecord.class, RecordTypes.LABEL, highestText);
    return new BraidStream(
        keyed
            .connect(as(labels, splitLabels).keyBy(LabelRecord::key, Types.STRING))
            .transform("learner", RecordTypes.PREDICTION, new LabelledLearnerOperator(config)),
        split,
        splitLabels);
  }

  /**
   * Predicts and learns in the order in which events and late labels come in one stream.
   *
   * @param records events and labels as {@link #events} and {@link #labels} make them
   */
  public static BraidStream learnMixed(
      final DataStream<Decoded> records, final LearnerConfig config) {
    final SingleOutputStreamOperator<Decoded> split =
        records
            .process(
                new DeadLetterSplit<>(Decoded.class, config.limits().textLength()),
                RecordTypes.DECODED)
            .name("split dead letters");
    return new BraidStream(
        split
            .keyBy(MixedLearnerOperator::key, Types.STRING)
            .transform("learner", RecordTypes.PREDICTION, new MixedLearnerOperator(config)),
        split,
        null);
  }

  /** Null where the stream has been split before. */
  private static <T extends Decoded> SingleOutputStreamOperator<T> split(
      final DataStream<? extends Decoded> stream,
      final Class<T> wanted,
      final TypeInformation<T> type,
      final int highestText) {
    if (stream.getType().equals(type)) {
      return null;
    }
    @SuppressWarnings("unchecked") // It is read from alone.
    final DataStream<Decoded> decoded = (DataStream<Decoded>) stream;
    return decoded
        .process(new DeadLetterSplit<>(wanted, highestText), type)
        .name("split dead letters");
  }

  @SuppressWarnings("unchecked") // What was not split has that type.
  private static <T extends Decoded> DataStream<T> as(
      final DataStream<? extends Decoded> stream, final SingleOutputStreamOperator<T> split) {
    return split == null ? (DataStream<T>) stream : split;
  }

  /**
   * Names the operators of this stream for savepoints: a program that is changed finds its models
   * again under the same name. Two of one program need two names.
   */
  public BraidStream uid(final String uid) {
    predictions.uid(uid);
    if (events != null) {
      events.uid(uid + "-events");
    }
    if (labels != null) {
      labels.uid(uid + "-labels");
    }
    return this;
  }

  /** One for every event that is not among the {@link #deadLetters()}, in their order by key. */
  public SingleOutputStreamOperator<PredictionRecord> predictions() {
    return predictions;
  }

  /** How each model is doing, every so many of its events. */
  public SideOutputDataStream<MetricsRecord> metrics() {
    return predictions.getSideOutput(SideOutputs.METRICS);
  }

  /** Drift alarms, and changes of the models' experts. */
  public SideOutputDataStream<DriftRecord> drift() {
    return predictions.getSideOutput(SideOutputs.DRIFT);
  }

  /**
   * What changed in the models, before each checkpoint; nothing unless a job has them published.
   */
  public SideOutputDataStream<ModelRecord> models() {
    return predictions.getSideOutput(SideOutputs.MODELS);
  }

  /** Rows that could not be used, each with the reason. */
  public DataStream<DeadLetter> deadLetters() {
    final List<DataStream<DeadLetter>> all = new ArrayList<>();
    all.add(predictions.getSideOutput(SideOutputs.DEAD_LETTERS));
    if (events != null) {
      all.add(events.getSideOutput(SideOutputs.DEAD_LETTERS));
    }
    if (labels != null) {
      all.add(labels.getSideOutput(SideOutputs.DEAD_LETTERS));
    }
    return all.stream().reduce(DataStream::union).orElseThrow();
  }
}
