using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using RecServe.Api.Problems;
using RecServe.Api.Rank;
using RecServe.Features;

namespace RecServe.Api.Feedback;

/// <summary>Reads the body of <c>POST /v1/feedback</c>: <c>{"events":[{event_id, ranking_id, item_id, type, user_id?, time?, value?}]}</c>. All events are checked before any is counted.</summary>
internal static class FeedbackParser
{
    /// <summary>Largest amount of an event: a sum of a billion of them is still a number, exact to a part in 10¹⁵.</summary>
    private const double LargestValue = 1e15;

    /// <summary>Reads the events.</summary>
    /// <returns>Null, or what is wrong; <paramref name="events"/> is then empty.</returns>
    public static Problem? Parse(ReadOnlyMemory<byte> body, ServingOptions limits, out FeedbackEvent[] events)
    {
        events = [];
        if (!Utf8.IsValid(body.Span))
            return RankRequestParser.NotUtf8(body.Span);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = limits.MaxDepth, AllowDuplicateProperties = false });
            return ReadEvents(document.RootElement, limits, ref events);
        }
        catch (JsonException failure)
        {
            if (IsTooDeep(body.Span, limits.MaxDepth))
                return new Problem(ProblemTypes.TooDeep, $"objects and arrays are nested deeper than {limits.MaxDepth} levels, the limit");
            // What is wrong with the text has a place in it; a repeated member has none.
            return failure.LineNumber is null
                ? new Problem(ProblemTypes.MalformedJson, "a member stands twice in one object")
                : RankRequestParser.Malformed(failure);
        }
        catch (InvalidOperationException)
        {
            return RankRequestParser.HalfSurrogate();
        }
    }

    /// <summary>Whether reading stopped because of the nesting and nothing before it.</summary>
    private static bool IsTooDeep(ReadOnlySpan<byte> body, int limit)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = limit + 1 });
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= limit && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    return true;
            }
        }
        catch (JsonException)
        {
            // Malformed before it is too deep.
        }

        return false;
    }

    private static Problem? ReadEvents(JsonElement root, ServingOptions limits, ref FeedbackEvent[] events)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return new Problem(ProblemTypes.InvalidRequest, "the body must be a JSON object with the member events");
        if (!root.TryGetProperty("events", out JsonElement list))
            return Problem.At(ProblemTypes.InvalidRequest, "events", "is missing");
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            return Problem.At(ProblemTypes.InvalidRequest, "events", "must be an array of at least one event");
        if (list.GetArrayLength() > limits.MaxFeedbackEvents)
            return Problem.At(ProblemTypes.OverLimit, "events", $"holds {list.GetArrayLength()} events, the limit is {limits.MaxFeedbackEvents}");
        var read = new FeedbackEvent[list.GetArrayLength()];
        int index = 0;
        foreach (JsonElement element in list.EnumerateArray())
        {
            if (ReadEvent(element, $"events[{index}]", limits, out read[index]) is { } problem)
                return problem;
            index++;
        }

        events = read;
        return null;
    }

    private static Problem? ReadEvent(JsonElement element, string path, ServingOptions limits, out FeedbackEvent feedback)
    {
        feedback = default;
        if (element.ValueKind != JsonValueKind.Object)
            return Problem.At(ProblemTypes.InvalidRequest, path, "must be an object");
        if (Text(element, path, "event_id", limits, out string eventId) is { } noEvent)
            return noEvent;
        if (Text(element, path, "ranking_id", limits, out string rankingId) is { } noRanking)
            return noRanking;
        if (!RankingId.TryParse(rankingId, out RankingId ranking))
            return Problem.At(ProblemTypes.InvalidRequest, path + ".ranking_id", "is no ranking id: 26 characters, as the answer of a ranking gives it");
        if (Text(element, path, "item_id", limits, out string itemId) is { } noItem)
            return noItem;
        string? userId = null;
        if (element.TryGetProperty("user_id", out JsonElement user) && user.ValueKind != JsonValueKind.Null && Text(element, path, "user_id", limits, out userId) is { } noUser)
            return noUser;
        if (Text(element, path, "type", limits, out string typeName) is { } noType)
            return noType;
        if (!InteractionNames.TryParse(typeName, plural: false, out InteractionType type))
            return Problem.At(ProblemTypes.InvalidRequest, path + ".type", $"is '{typeName}', not one of {string.Join(", ", InteractionNames.All)}");
        long? happened = null;
        if (element.TryGetProperty("time", out JsonElement time) && !TryTime(time, out happened))
            return Problem.At(ProblemTypes.InvalidRequest, path + ".time", "must be an RFC 3339 text or Unix milliseconds");
        double value = 0;
        if (element.TryGetProperty("value", out JsonElement amount) && amount.ValueKind != JsonValueKind.Null
            && !(amount.ValueKind == JsonValueKind.Number && amount.TryGetDouble(out value) && Math.Abs(value) <= LargestValue))
        {
            return Problem.At(ProblemTypes.InvalidRequest, path + ".value", "must be a number from -1e15 to 1e15");
        }

        feedback = new FeedbackEvent(EventKey.Of(Encoding.UTF8.GetBytes(eventId)), ranking, type, value, eventId, itemId, userId, happened);
        return null;
    }

    private static Problem? Text(JsonElement element, string path, string name, ServingOptions limits, out string text)
    {
        text = "";
        if (!element.TryGetProperty(name, out JsonElement member))
            return Problem.At(ProblemTypes.InvalidRequest, $"{path}.{name}", "is missing");
        if (member.ValueKind != JsonValueKind.String)
            return Problem.At(ProblemTypes.InvalidRequest, $"{path}.{name}", "must be a string");
        text = member.GetString()!;
        if (text.Length == 0)
            return Problem.At(ProblemTypes.InvalidRequest, $"{path}.{name}", "must not be empty");
        return Encoding.UTF8.GetByteCount(text) > limits.MaxStringBytes
            ? Problem.At(ProblemTypes.OverLimit, $"{path}.{name}", $"is longer than {limits.MaxStringBytes} bytes, the limit")
            : null;
    }

    private static bool TryTime(JsonElement time, out long? milliseconds)
    {
        milliseconds = null;
        switch (time.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.Number when time.TryGetInt64(out long number):
                milliseconds = number;
                return number is >= 0 and <= EventLimits.LatestTime;
            case JsonValueKind.String when DateTimeOffset.TryParse(time.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset read):
                milliseconds = read.ToUnixTimeMilliseconds();
                return milliseconds is >= 0 and <= EventLimits.LatestTime;
            default:
                return false;
        }
    }
}
