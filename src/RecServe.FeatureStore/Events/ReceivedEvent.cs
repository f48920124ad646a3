using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>An event as a log has it.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Received">When it was received, Unix milliseconds; 0 if that is not known.</param>
public readonly record struct ReceivedEvent(InteractionEvent Event, long Received);
