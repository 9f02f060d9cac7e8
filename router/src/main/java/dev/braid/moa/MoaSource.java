package dev.braid.moa;

import com.yahoo.labs.samoa.instances.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import moa.options.ClassOption;
import moa.options.OptionHandler;
import moa.streams.ExampleStream;

/** Any MOA stream as a source of instances. */
public final class MoaSource implements InstanceSource {
  private final ExampleStream<?> stream;
  private final Schema schema;

  /** Target of an instance whose class is missing. */
  private final double unknown;

  /**
   * @param commandLine in MOA's form, for instance {@code generators.SEAGenerator -f 2}
   * @throws IllegalArgumentException if MOA does not understand the command line
   */
  public MoaSource(final String commandLine) {
    try {
      stream =
          (ExampleStream<?>) ClassOption.cliStringToObject(commandLine, ExampleStream.class, null);
    } catch (final Exception | NoClassDefFoundError e) {
      throw new IllegalArgumentException(
          "MOA cannot open the stream '" + commandLine + "': " + e.getMessage(), e);
    }
    if (stream instanceof OptionHandler handler) {
      handler.prepareForUse();
    }
    schema = MoaSchema.schema(stream.getHeader());
    unknown = schema.target() instanceof Target.Quantity ? Double.NaN : -1;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public dev.braid.data.Instance next() {
    if (!stream.hasMoreInstances()) {
      return null;
    }
    final Instance instance = (Instance) stream.nextInstance().getData();
    final int classIndex = instance.classIndex();
    final double[] x = new double[instance.numAttributes() - 1];
    for (int i = 0; i < x.length; i++) {
      final int attribute = i < classIndex ? i : i + 1;
      x[i] = instance.isMissing(attribute) ? Double.NaN : instance.value(attribute);
    }
    return new dev.braid.data.Instance(
        x, instance.classIsMissing() ? unknown : instance.classValue());
  }
}
