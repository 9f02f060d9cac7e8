package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.config.LearnerConfig;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Learners whose late labels come among the events, keyed by {@link #key}: a label keeps its place
 * behind its event. Side outputs are those of {@link SideOutputs}; the state is that of {@link
 * LabelledLearnerOperator}.
 */
public final class MixedLearnerOperator extends LearnerOperator
    implements OneInputStreamOperator<Decoded, PredictionRecord> {
  private static final long serialVersionUID = 1L;

  /**
   * @param config checked
   */
  public MixedLearnerOperator(final LearnerConfig config) {
    super(config);
  }

  /** The model that an event or a label belongs to. */
  public static String key(final Decoded record) {
    if (record instanceof Event event) {
      return event.key();
    }
    if (record instanceof LabelRecord label) {
      return label.key();
    }
    throw notMine((DeadLetter) record);
  }

  @Override
  boolean labelsCome() {
    return true;
  }

  @Override
  public void processElement(final StreamRecord<Decoded> element) throws Exception {
    final Decoded record = element.getValue();
    if (record instanceof Event event) {
      onEvent(event);
    } else if (record instanceof LabelRecord label) {
      onLabel(label);
    } else {
      throw notMine((DeadLetter) record);
    }
  }

  private static IllegalStateException notMine(final DeadLetter letter) {
    return new IllegalStateException("a dead letter is none of the learner's: " + letter.reason());
  }
}
