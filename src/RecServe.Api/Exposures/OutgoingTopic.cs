using RecServe.Stream;

namespace RecServe.Api.Exposures;

/// <summary>Topics that a server writes to and never waits for.</summary>
internal static class OutgoingTopic
{
    /// <summary>Opens the queue before a topic.</summary>
    /// <param name="options">How much may wait.</param>
    /// <param name="servers">Brokers.</param>
    /// <param name="topic">Topic.</param>
    /// <exception cref="ServingException">The system lacks the client library.</exception>
    public static TopicSender Open(ServingOptions options, string servers, string topic)
    {
        var kafka = new KafkaOptions { Servers = servers };
        try
        {
            return new TopicSender(new KafkaTopicWriter(kafka, topic), new TopicSenderOptions { Messages = options.ExposureQueue, MessageBytes = kafka.MessageBytes });
        }
        catch (InvalidOperationException failure)
        {
            throw new ServingException(failure.Message, failure);
        }
    }
}
