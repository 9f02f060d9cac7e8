package dev.braid.connectors.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/** Asks Kafka what became of a transaction. Not thread-safe. */
final class TransactionFates implements AutoCloseable {
  private final KafkaCluster cluster;
  private Admin admin;

  /** What became of a transaction. */
  enum Fate {
    /** It can be committed still. */
    OPEN,
    COMMITTED,
    /** Given up: nobody will see what it held. */
    ABORTED,
    /** Over for so long that Kafka no longer knows how it ended. */
    FORGOTTEN,
    /** Kafka does not say. */
    UNKNOWN
  }

  TransactionFates(final KafkaCluster cluster) {
    this.cluster = cluster;
  }

  Fate of(final KafkaCommittable transaction) throws InterruptedException {
    final String id = transaction.getTransactionalId();
    try {
      if (admin == null) {
        admin = Admin.create(cluster.client(Map.of()));
      }
      return fate(
          admin.describeTransactions(List.of(id)).description(id).get(),
          transaction.getProducerId(),
          transaction.getEpoch());
    } catch (final ExecutionException unanswered) {
      return unanswered.getCause() instanceof TransactionalIdNotFoundException
          ? Fate.FORGOTTEN
          : Fate.UNKNOWN;
    } catch (final KafkaException unanswered) {
      return Fate.UNKNOWN;
    }
  }

  /**
   * A producer's epoch rises by one when its transaction is committed, and by one or two when Kafka
   * gives it up. It rises further when another producer takes the transactional id: what Kafka says
   * then is about another transaction.
   */
  static Fate fate(final TransactionDescription now, final long producerId, final int epoch) {
    final int rise = now.producerEpoch() - epoch;
    if (now.producerId() != producerId || rise < 0 || rise > 2) {
      return Fate.UNKNOWN;
    }
    return switch (now.state()) {
      case ONGOING -> rise == 0 ? Fate.OPEN : Fate.UNKNOWN;
      case PREPARE_COMMIT, COMPLETE_COMMIT -> rise <= 1 ? Fate.COMMITTED : Fate.UNKNOWN;
      case PREPARE_ABORT, COMPLETE_ABORT, PREPARE_EPOCH_FENCE -> Fate.ABORTED;
      default -> Fate.UNKNOWN;
    };
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close();
    }
  }
}
