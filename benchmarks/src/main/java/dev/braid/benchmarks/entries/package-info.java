/** What each way into Braid costs beside the learner: DataStream, SQL, the job with Kafka. */
package dev.braid.benchmarks.entries;
