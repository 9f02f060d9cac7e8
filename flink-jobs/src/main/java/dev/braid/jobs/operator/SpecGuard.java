package dev.braid.jobs.operator;

import dev.braid.data.Target;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Presets;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Keeps what the models were opened with, and refuses what they cannot go on with, by name. What is
 * kept has every option written out, so that a later version with other defaults refuses too.
 */
final class SpecGuard {

  private SpecGuard() {}

  /**
   * Compares the configuration with the state, and leaves it there for the next restart.
   *
   * @throws SuppressRestartsException if the state was written by models that cannot go on so
   */
  static void check(
      final OperatorStateStore store, final LearnerSpec configured, final Target target)
      throws Exception {
    final ListState<byte[]> kept = kept(store);
    final String refusal = refusal(kept, configured, target);
    if (refusal != null) {
      throw new SuppressRestartsException(new IllegalStateException(refusal));
    }
    final ImageWriter out = new ImageWriter();
    write(Presets.writtenOut(configured, target), out);
    out.putBoolean(target instanceof Target.Quantity);
    kept.update(List.of(out.toByteArray()));
  }

  /** Why what is in the state cannot go on with the configuration, in one sentence, or null. */
  static String refusal(
      final OperatorStateStore store, final LearnerSpec configured, final Target target)
      throws Exception {
    return refusal(kept(store), configured, target);
  }

  private static ListState<byte[]> kept(final OperatorStateStore store) throws Exception {
    return store.getListState(
        new ListStateDescriptor<>("learner", BytePrimitiveArraySerializer.INSTANCE));
  }

  private static String refusal(
      final ListState<byte[]> kept, final LearnerSpec configured, final Target target)
      throws Exception {
    for (final byte[] image : kept.get()) {
      final ImageReader in = new ImageReader(image);
      final LearnerSpec was = read(in);
      final boolean ofNumber = in.getBoolean();
      in.end();
      if (ofNumber != target instanceof Target.Quantity) {
        return "The models in the savepoint or checkpoint predict "
            + (ofNumber ? "numbers" : "classes")
            + ", and the configuration asks for the other: set schema.target to what it was, or"
            + " start without the state.";
      }
      final List<String> conflicts = Presets.conflicts(was, configured, target);
      if (!conflicts.isEmpty()) {
        return "The models in the savepoint or checkpoint cannot go on with this configuration: "
            + String.join("; ", conflicts)
            + ". Set model.preset, model.seed and model.options to what they were, or start"
            + " without the state.";
      }
    }
    return null;
  }

  /**
   * Layout ({@code SPEC}, version 1): preset, seed, number of options, each one's name and value in
   * the order of the names.
   */
  static void write(final LearnerSpec spec, final ImageWriter out) {
    out.begin(ImageKind.SPECIFICATION).putString(spec.preset()).putLong(spec.seed());
    out.putInt(spec.options().size());
    new TreeMap<>(spec.options()).forEach((name, value) -> out.putString(name).putString(value));
  }

  static LearnerSpec read(final ImageReader in) {
    in.begin(ImageKind.SPECIFICATION);
    final String preset = in.getString();
    final long seed = in.getLong();
    final TreeMap<String, String> options = new TreeMap<>();
    for (int left = in.getIntIn(0, in.remaining(), "number of options"); left > 0; left--) {
      options.put(in.getString(), in.getString());
    }
    return new LearnerSpec(preset, seed, options);
  }
}
