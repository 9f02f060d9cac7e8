package dev.braid.router.neural;

import dev.braid.data.Schema;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.moe.expert.DenseNetwork;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.router.ExpertNames;
import dev.braid.router.Learner;
import dev.braid.router.LearnerHeader;
import dev.braid.router.LearnerIdentity;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Options;
import dev.braid.router.Prediction;
import dev.braid.router.PresetOption;
import dev.braid.router.SavedLearner;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A dense layer of neural experts and nothing else: its gate is the router, and both learn together
 * from the same loss.
 */
final class Neural implements Learner {
  static final List<PresetOption> OPTIONS =
      LayerSpec.OPTIONS.stream()
          .map(o -> new PresetOption(o.name(), o.defaultValue(), o.description()))
          .toList();

  private final LearnerSpec spec;
  private final DenseNetwork network;
  private final OwnHeader header = new OwnHeader();
  private final List<Part> parts = new ArrayList<>();
  private Schema schema;

  Neural(final LearnerSpec spec, final Options options, final Schema schema) {
    this(
        spec,
        schema,
        new DenseNetwork(schema, parts(options), CounterRandom.bits(spec.seed(), -2)));
  }

  Neural(final SavedLearner saved, final Options options) {
    this(saved.spec(), saved.schema(), read(saved));
    if (network.expertCount() != saved.expertCount()) {
      throw new MalformedImageException("the layer has not the experts of the learner");
    }
  }

  private Neural(final LearnerSpec spec, final Schema schema, final DenseNetwork network) {
    this.spec = spec;
    this.schema = schema;
    this.network = network;
    parts.add(header);
    for (int block = 1; block < network.chunkCount(); block++) {
      parts.add(new LayerBlock(network, block));
    }
  }

  private static LayerSpec parts(final Options options) {
    final Map<String, String> given = new LinkedHashMap<>();
    LayerSpec.OPTIONS.forEach(o -> given.put(o.name(), options.text(o.name())));
    return LayerSpec.of(dev.braid.spec.Options.of("preset 'neural'", LayerSpec.OPTIONS, given));
  }

  /** Part 1 + b holds the layer's block b, which is the network's block 1 + b. */
  private static DenseNetwork read(final SavedLearner saved) {
    return DenseNetwork.read(
        saved.schema(),
        2 + saved.expertCount(),
        block -> block == 0 ? saved.chunk(0, 1) : saved.chunk(block, 0));
  }

  @Override
  public LearnerSpec spec() {
    return spec;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void grow(final Schema larger) {
    schema = larger;
    network.grow(larger);
    header.identityChanged();
  }

  @Override
  public void predict(final double[] x, final Prediction out) {
    out.shape(schema.classCount(), network.expertCount());
    network.predict(x, out.probabilities());
    network.weights(out.weights());
  }

  @Override
  public void learn(final double[] x, final int label) {
    network.learn(x, label, 1);
  }

  @Override
  public int expertCount() {
    return network.expertCount();
  }

  @Override
  public String expertName(final int expert) {
    return ExpertNames.of(expert);
  }

  @Override
  public List<Part> parts() {
    return List.copyOf(parts);
  }

  @Override
  public long sizeBytes() {
    return 1024 + network.sizeBytes();
  }

  private LearnerIdentity identity() {
    final List<LearnerIdentity.Member> members = new ArrayList<>();
    for (int e = 0; e < network.expertCount(); e++) {
      members.add(new LearnerIdentity.Member(expertName(e), DenseNetwork.KIND));
    }
    return new LearnerIdentity(spec, schema, members);
  }

  /** One block of the network as a part of its own: the gate, or one of the experts. */
  private record LayerBlock(DenseNetwork network, int at) implements Part {
    @Override
    public boolean isDirty(final int block) {
      return network.isDirty(at);
    }

    @Override
    public void writeChunk(final int block, final ImageWriter out) {
      network.writeChunk(at, out);
    }

    @Override
    public void markClean() {
      network.markClean(at);
    }
  }

  /** Part 0. Block 0: {@link LearnerIdentity}; block 1: the network's encoder and window. */
  private final class OwnHeader implements LearnerHeader {
    private boolean identityDirty = true;

    @Override
    public void identityChanged() {
      identityDirty = true;
    }

    @Override
    public int chunkCount() {
      return 2;
    }

    @Override
    public boolean isDirty(final int block) {
      return block == 0 ? identityDirty : network.isDirty(0);
    }

    @Override
    public void markClean() {
      identityDirty = false;
      network.markClean(0);
    }

    @Override
    public void writeChunk(final int block, final ImageWriter out) {
      if (block == 0) {
        identity().write(out);
      } else {
        network.writeChunk(0, out);
      }
    }
  }
}
