using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using RecServe.Api.Http;
using RecServe.Api.Problems;

namespace RecServe.Api.Rank;

/// <summary>
/// <c>POST /v1/rank:batch</c>: <c>{"requests":[…]}</c>, each a rank request, answered as <c>{"responses":[{"status","ranking"|"problem"}]}</c> in the
/// same order. One bad request spoils only its own answer; a body that is no JSON spoils all.
/// </summary>
internal sealed class BatchEndpoint(RankPipeline pipeline, RequestScratchPool pool, ServingOptions options, TimeProvider time)
{
    /// <summary>Answers a batch.</summary>
    public async Task PostAsync(HttpContext context)
    {
        long arrived = time.GetTimestamp();
        RequestBody body = await RequestBody.ReadAsync(context, options.MaxBodyBytes);
        if (body.Problem is { } unread)
        {
            await ProblemResponse.WriteAsync(context, unread);
            return;
        }

        RequestScratch scratch = pool.Rent();
        try
        {
            var requests = new List<Range>();
            Problem? problem = Split(body.Bytes.AsSpan(0, body.Length), requests);
            scratch.ResetOutput();
            if (problem is null)
                await RankAllAsync(body.Bytes!, requests, arrived, scratch, context.RequestAborted);
            else
                problem.WriteTo(scratch.Json);
            AnswerWriter.Copy(context, scratch, problem);
        }
        finally
        {
            pool.Return(scratch);
            body.Return();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private async Task RankAllAsync(byte[] body, List<Range> requests, long arrived, RequestScratch scratch, CancellationToken aborted)
    {
        Utf8JsonWriter json = scratch.Json;
        json.WriteStartObject();
        json.WriteStartArray("responses"u8);
        foreach (Range request in requests)
        {
            json.WriteStartObject();
            int start = request.Start.Value, length = request.End.Value - start;
            Problem? problem = pipeline.Rank(body, start, length, null, arrived, scratch, inBatch: true);
            if (problem == RankPipeline.Waiting)
            {
                await pipeline.WaitAsync(scratch.Request, arrived, aborted);
                problem = pipeline.Rank(body, start, length, null, arrived, scratch, inBatch: true, waited: true);
            }

            if (problem is not null)
            {
                json.WriteNumber("status"u8, problem.Type.Status);
                json.WritePropertyName("problem"u8);
                problem.WriteTo(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Finds where each request starts and ends.</summary>
    private Problem? Split(ReadOnlySpan<byte> body, List<Range> requests)
    {
        if (!Utf8.IsValid(body))
            return RankRequestParser.NotUtf8(body);
        // A request stands two levels deep; its own depth is checked when it is parsed.
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = options.MaxDepth + 3 });
        try
        {
            return Split(ref reader, requests);
        }
        catch (JsonException failure)
        {
            // Nesting is what the reader refuses with everything else being well; a request that is merely too deep is told so.
            return reader.CurrentDepth >= options.MaxDepth + 2
                ? new Problem(ProblemTypes.TooDeep, $"objects and arrays are nested deeper than {options.MaxDepth} levels, the limit, inside a request")
                : RankRequestParser.Malformed(failure);
        }
        catch (InvalidOperationException)
        {
            return RankRequestParser.HalfSurrogate();
        }
    }

    private Problem? Split(ref Utf8JsonReader reader, List<Range> requests)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return new Problem(ProblemTypes.InvalidRequest, "the body must be a JSON object with the member requests");
        bool seen = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            bool known = reader.ValueTextEquals("requests"u8);
            reader.Read();
            if (!known)
            {
                reader.Skip();
                continue;
            }

            if (seen)
                return Problem.At(ProblemTypes.MalformedJson, "requests", "stands twice");
            seen = true;
            if (reader.TokenType != JsonTokenType.StartArray)
                return Problem.At(ProblemTypes.InvalidRequest, "requests", "must be an array of rank requests");
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (requests.Count == options.MaxBatchRequests)
                    return Problem.At(ProblemTypes.OverLimit, "requests", $"holds more than {options.MaxBatchRequests} rankings, the limit");
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                requests.Add(start..(int)reader.BytesConsumed);
            }
        }

        reader.Read(); // throws on anything behind the object
        return requests.Count > 0 ? null : Problem.At(ProblemTypes.InvalidRequest, "requests", seen ? "must hold at least one ranking" : "is missing");
    }
}
