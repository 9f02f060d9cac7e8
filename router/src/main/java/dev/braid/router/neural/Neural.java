package dev.braid.router.neural;

import dev.braid.data.Schema;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.moe.expert.DenseMoeExpert;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Member;
import dev.braid.router.PoolEvent;
import dev.braid.router.PoolLearner;
import dev.braid.router.Prediction;
import dev.braid.router.SavedLearner;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * A dense layer of neural experts and nothing else: its gate is the router, and both learn together
 * from the same loss.
 */
final class Neural extends PoolLearner {
  // Chunks of the network; chunk 0, which changes with every event, lies in the header.
  private static final int GATE = 1;
  private static final int FIRST_EXPERT = 2;

  private final DenseMoeExpert network;
  private final List<Part> experts = new ArrayList<>();

  /** Which experts rested when it was last told. */
  private final boolean[] resting;

  private final List<PoolEvent> events = new ArrayList<>();

  Neural(final LearnerSpec spec, final Options options, final Schema schema) {
    this(
        spec,
        options,
        schema,
        new DenseMoeExpert(schema, LayerSpec.of(options), CounterRandom.bits(spec.seed(), -2)),
        null);
  }

  Neural(final SavedLearner saved, final Options options) {
    this(saved.spec(), options, saved.schema(), read(saved), saved);
    saved.requireExperts(network.expertCount());
  }

  private Neural(
      final LearnerSpec spec,
      final Options options,
      final Schema schema,
      final DenseMoeExpert network,
      final SavedLearner saved) {
    super(spec, options, schema);
    this.network = network;
    final List<Member> names = new ArrayList<>();
    for (int e = 0; e < network.expertCount(); e++) {
      experts.add(new LayerChunk(network, FIRST_EXPERT + e));
      final String kind = network.expertKind(e);
      final String name = kind + "-" + (e + 1);
      names.add(new Member(name, kind, name));
    }
    resting = new boolean[network.expertCount()];
    for (int e = 0; e < resting.length; e++) {
      resting[e] = network.isResting(e);
    }
    open(new LayerChunk(network, 0), names, saved);
  }

  /** Part 1 + b holds the network's chunk 1 + b. */
  private static DenseMoeExpert read(final SavedLearner saved) {
    return DenseMoeExpert.read(
        saved.schema(),
        2 + saved.expertCount(),
        chunk -> chunk == 0 ? saved.chunk(0, 1) : saved.chunk(chunk, 0));
  }

  @Override
  protected void grown(final Schema larger) {
    network.grow(larger);
  }

  /** The network is asked when the prediction is wanted: it learns from a window of its own. */
  @Override
  protected void ask(final double[] x, final boolean learning) {}

  @Override
  protected void publish(final double[] x, final Prediction out) {
    network.predict(x, out.probabilities());
    network.weights(out.weights());
  }

  @Override
  protected void train(final double[] x, final double target, final double weight) {
    network.learn(x, target, weight);
  }

  @Override
  protected List<PoolEvent> poolEvents() {
    events.clear();
    for (int e = 0; e < resting.length; e++) {
      if (resting[e] != network.isResting(e)) {
        resting[e] = !resting[e];
        final String name = members().get(e).name();
        events.add(
            resting[e]
                ? new PoolEvent(PoolEvent.Kind.RESTED, name, "the gate has not chosen it lately")
                : new PoolEvent(PoolEvent.Kind.WOKEN, name, "the gate chooses it again"));
      }
    }
    return events;
  }

  @Override
  public int chosenFrom() {
    return network.gateShape()[1];
  }

  /** Of one expert, where all take part alike. */
  @Override
  public long operations(final int expert) {
    return network.operations() / network.expertCount();
  }

  /** Of the gate. */
  @Override
  public int[] routerShape() {
    return network.gateShape();
  }

  @Override
  protected Part router() {
    return new LayerChunk(network, GATE);
  }

  @Override
  protected List<? extends Part> experts() {
    return experts;
  }

  @Override
  protected long stateBytes() {
    return network.sizeBytes();
  }

  /** One chunk of the network as a part of its own: encoder and window, the gate, an expert. */
  private record LayerChunk(DenseMoeExpert network, int at) implements Part {
    @Override
    public boolean isDirty(final int chunk) {
      return network.isDirty(at);
    }

    @Override
    public void writeChunk(final int chunk, final ImageWriter out) {
      network.writeChunk(at, out);
    }

    @Override
    public void markClean() {
      network.markClean(at);
    }
  }
}
