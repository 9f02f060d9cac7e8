package dev.braid.connectors.kafka;

import dev.braid.connectors.kafka.TransactionFates.Fate;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.internal.KafkaCommitter;
import org.apache.flink.connector.kafka.sink.internal.TransactionFinished;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits transactions, and says how many records are lost where one cannot be committed.
 *
 * <p>After a recovery the job commits once more what its checkpoint covers. Kafka is asked first
 * what became of each of these transactions: most were committed before the failure, which is well;
 * one that Kafka gave up, because the job was away for longer than the transaction's timeout, took
 * its records with it.
 */
@SuppressWarnings("try") // Flink's interface lets close be interrupted.
final class CountedCommitter implements Committer<CountedTransaction> {
  private static final Logger LOG = LoggerFactory.getLogger(CountedCommitter.class);

  private final KafkaCommitter committer;
  private final TransactionFates fates;
  private final SinkOptions options;
  private final Counter lost;
  private final Counter unsure;

  /**
   * @param lost counts records of transactions that were given up
   * @param unsure counts records of transactions of which Kafka does not tell what became of them
   */
  CountedCommitter(
      final KafkaCommitter committer,
      final TransactionFates fates,
      final SinkOptions options,
      final Counter lost,
      final Counter unsure) {
    this.committer = committer;
    this.fates = fates;
    this.options = options;
    this.lost = lost;
    this.unsure = unsure;
  }

  @Override
  public void commit(final Collection<CommitRequest<CountedTransaction>> requests)
      throws IOException, InterruptedException {
    for (final CommitRequest<CountedTransaction> request : requests) {
      if (!settledBefore(request)) {
        committer.commit(List.of(new Told(request)));
      }
    }
  }

  /** Whether a transaction of before the recovery is over, one way or the other. */
  private boolean settledBefore(final CommitRequest<CountedTransaction> request)
      throws InterruptedException {
    final KafkaCommittable transaction = request.getCommittable().transaction();
    if (transaction.getProducer().isPresent()) {
      return false;
    }
    final String id = transaction.getTransactionalId();
    switch (fates.of(transaction)) {
      case COMMITTED -> {
        LOG.info("Transaction {} was committed before the recovery.", id);
        committer.getBackchannel().send(TransactionFinished.successful(id));
        request.signalAlreadyCommitted();
        return true;
      }
      case ABORTED, FORGOTTEN -> {
        tell(request.getCommittable());
        committer.getBackchannel().send(TransactionFinished.erroneously(id));
        request.signalFailedWithKnownReason(new IOException("transaction " + id + " is gone"));
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  private void tell(final CountedTransaction gone) {
    lost.inc(gone.records());
    LOG.error(
        "LOST {} records of topic {}, from '{}' to '{}': Kafka gave up their transaction {}, because"
            + " it was not committed within kafka.transaction-timeout ({} ms). They are not among"
            + " the committed records, and this job does not write them again.",
        gone.records(),
        options.topic(),
        gone.first(),
        gone.last(),
        gone.transaction().getTransactionalId(),
        options.transactionTimeout().toMillis());
  }

  @Override
  public void close() throws Exception {
    try {
      committer.close();
    } finally {
      fates.close();
    }
  }

  /** A request for the connector, which takes what it cannot commit for done. */
  private final class Told implements CommitRequest<KafkaCommittable> {
    private final CommitRequest<CountedTransaction> request;

    Told(final CommitRequest<CountedTransaction> request) {
      this.request = request;
    }

    @Override
    public KafkaCommittable getCommittable() {
      return request.getCommittable().transaction();
    }

    @Override
    public int getNumberOfRetries() {
      return request.getNumberOfRetries();
    }

    @Override
    public void signalFailedWithKnownReason(final Throwable reason) {
      final CountedTransaction counted = request.getCommittable();
      final Fate fate = fate(counted.transaction());
      if (fate == Fate.ABORTED || fate == Fate.FORGOTTEN) {
        tell(counted);
      } else if (fate != Fate.COMMITTED) {
        unsure.inc(counted.records());
        LOG.warn(
            "Kafka does not tell whether transaction {} with {} records of topic {}, from '{}' to"
                + " '{}', was committed.",
            counted.transaction().getTransactionalId(),
            counted.records(),
            options.topic(),
            counted.first(),
            counted.last());
      }
      request.signalFailedWithKnownReason(reason);
    }

    private Fate fate(final KafkaCommittable transaction) {
      try {
        return fates.of(transaction);
      } catch (final InterruptedException e) {
        Thread.currentThread().interrupt();
        return Fate.UNKNOWN;
      }
    }

    @Override
    public void signalFailedWithUnknownReason(final Throwable reason) {
      request.signalFailedWithUnknownReason(reason);
    }

    @Override
    public void retryLater() {
      request.retryLater();
    }

    @Override
    public void updateAndRetryLater(final KafkaCommittable transaction) {
      final CountedTransaction before = request.getCommittable();
      request.updateAndRetryLater(
          new CountedTransaction(transaction, before.records(), before.first(), before.last()));
    }

    @Override
    public void signalAlreadyCommitted() {
      request.signalAlreadyCommitted();
    }
  }
}
