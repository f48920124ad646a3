using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;
using RecServe.Api.Problems;

namespace RecServe.Api.Http;

/// <summary>A JSON body read whole into one rented buffer, which is the caller's to return; or the problem that kept it from being read.</summary>
/// <param name="Bytes">The buffer; longer than the body. Null where there is a problem.</param>
/// <param name="Length">Bytes of the body.</param>
/// <param name="Problem">Why there is no body.</param>
internal readonly record struct RequestBody(byte[]? Bytes, int Length, Problem? Problem)
{
    /// <summary>The slowest connection that is waited for: a request that trickles in holds one of the places of <see cref="ServingOptions.MaxInFlight"/>.</summary>
    public static readonly MinDataRate SlowestRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    private const int FirstBuffer = 16 * 1024;

    /// <summary>Reads the body, never more than <paramref name="limit"/> bytes of it, announced or chunked.</summary>
    public static async ValueTask<RequestBody> ReadAsync(HttpContext context, int limit)
    {
        HttpRequest request = context.Request;
        if (NotJson(request) is { } problem)
            return new RequestBody(null, 0, problem);
        if (request.ContentLength > limit)
            return TooLarge(limit);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength + 1 ?? FirstBuffer));
        int length = 0;
        try
        {
            while (true)
            {
                int read = await request.Body.ReadAsync(buffer.AsMemory(length), context.RequestAborted);
                if (read == 0)
                    break;
                length += read;
                if (length > limit)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    return TooLarge(limit);
                }

                if (length == buffer.Length)
                    buffer = Grow(buffer, length);
            }
        }
        catch (Exception)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw; // the middleware turns what Kestrel says about the connection into a problem
        }

        return new RequestBody(buffer, length, null);
    }

    /// <summary>Returns the buffer.</summary>
    public void Return()
    {
        if (Bytes is not null)
            ArrayPool<byte>.Shared.Return(Bytes);
    }

    private static RequestBody TooLarge(int limit) =>
        new(null, 0, new Problem(ProblemTypes.OverLimit, $"the body is longer than {limit} bytes, the limit"));

    private static byte[] Grow(byte[] buffer, int length)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * buffer.Length, Array.MaxLength));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static Problem? NotJson(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0 && !string.Equals(request.Headers.ContentEncoding, "identity", StringComparison.OrdinalIgnoreCase))
            return new Problem(ProblemTypes.UnsupportedMediaType, $"Content-Encoding {request.Headers.ContentEncoding} is not supported; send the JSON as it is");
        string? type = request.ContentType;
        if (string.Equals(type, "application/json", StringComparison.OrdinalIgnoreCase))
            return null;
        if (string.IsNullOrEmpty(type))
            return new Problem(ProblemTypes.UnsupportedMediaType, "the header Content-Type is missing; send application/json");
        if (!MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? parsed) || !IsJson(parsed))
            return new Problem(ProblemTypes.UnsupportedMediaType, $"Content-Type {type} is not supported; send application/json");
        return parsed.Charset.HasValue && !parsed.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? new Problem(ProblemTypes.UnsupportedMediaType, $"charset {parsed.Charset} is not supported; send UTF-8")
            : null;
    }

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);
}
