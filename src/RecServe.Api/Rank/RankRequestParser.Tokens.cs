using System.Text.Json;
using RecServe.Api.Problems;

namespace RecServe.Api.Rank;

internal ref partial struct RankRequestParser
{
    private enum Member
    {
        Unknown,
        RequestId,
        Model,
        User,
        Context,
        Items,
        Exclude,
        K,
        DeadlineMs,
        Explain,
        ReadAfter,
        MaxStalenessMs,
        Overrides,
    }

    private static readonly byte[][] Names =
    [
        [], "request_id"u8.ToArray(), "model"u8.ToArray(), "user"u8.ToArray(), "context"u8.ToArray(), "items"u8.ToArray(), "exclude"u8.ToArray(), "k"u8.ToArray(),
        "deadline_ms"u8.ToArray(), "explain"u8.ToArray(), "read_after"u8.ToArray(), "max_staleness_ms"u8.ToArray(), "overrides"u8.ToArray(),
    ];

    private readonly Member WhichMember()
    {
        for (int member = 1; member < Names.Length; member++)
        {
            if (_reader.ValueTextEquals(Names[member]))
                return (Member)member;
        }

        return Member.Unknown;
    }

    private static string NameOf(Member member) => System.Text.Encoding.UTF8.GetString(Names[(int)member]);

    private static uint Bit(Member member) => 1u << (int)member;

    /// <summary>The next token; false at the end of the body and where a limit is passed.</summary>
    private bool Next()
    {
        if (_problem is not null || !_reader.Read())
            return false;
        if (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && _reader.CurrentDepth >= _limits.MaxDepth)
        {
            _problem = new Problem(ProblemTypes.TooDeep, $"objects and arrays are nested deeper than {_limits.MaxDepth} levels, the limit");
            return false;
        }

        return true;
    }

    /// <summary>Passes over the value that starts at the current token.</summary>
    private bool Skip()
    {
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return true;
        int depth = _reader.CurrentDepth;
        while (Next())
        {
            if (_reader.CurrentDepth == depth && _reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                return true;
        }

        return false;
    }

    /// <summary>The current number or boolean as its own text.</summary>
    private readonly TextSlice Raw() => new(_base + (int)_reader.TokenStartIndex, _reader.ValueSpan.Length);

    /// <summary>The current string or member name as unescaped text, within the length limit.</summary>
    private bool TryText(string path, out TextSlice text)
    {
        int start = (int)_reader.TokenStartIndex + 1, length = _reader.ValueSpan.Length;
        text = default;
        // An escaped byte takes at most six (\u0061): beyond that the text is over the limit whatever it holds.
        if (length > _limits.MaxStringBytes && (!_reader.ValueIsEscaped || length > 6 * _limits.MaxStringBytes))
            return TooLong(path);
        if (_reader.ValueIsEscaped && !TryUnescape(start, ref length, path))
            return false;
        if (length > _limits.MaxStringBytes)
            return TooLong(path);
        text = new TextSlice(_base + start, length);
        return true;
    }

    /// <summary>Writes the unescaped text over the escaped one, which is never shorter and which the reader has passed.</summary>
    private bool TryUnescape(int start, ref int length, string path)
    {
        Span<byte> plain = length <= 1024 ? stackalloc byte[1024] : new byte[length];
        try
        {
            length = _reader.CopyString(plain);
        }
        catch (InvalidOperationException)
        {
            return Fail(ProblemTypes.InvalidUtf8, path, "holds an escaped half of a surrogate pair, which is no text");
        }

        plain[..length].CopyTo(_json[start..]);
        return true;
    }

    /// <summary>The current token as an id: a string that is not empty.</summary>
    private bool TryId(string path, out TextSlice id)
    {
        id = default;
        if (_reader.TokenType != JsonTokenType.String)
            return WrongType(path, "a string");
        if (!TryText(path, out id))
            return false;
        return id.Length > 0 || Fail(ProblemTypes.InvalidRequest, path, "must not be empty");
    }

    /// <summary>As <see cref="TryId"/>, but the path is only put together where it is needed: this runs once a candidate.</summary>
    private bool TryItemId(int index, out TextSlice id)
    {
        return TryId("items", out id) || Rename($"items[{index}].id");
    }

    /// <summary>A text failed: the problem names the member it stands in more exactly than the caller could without building a path that is rarely needed.</summary>
    private bool Rename(string path)
    {
        if (_problem is { Type: var type, Reason: { } reason })
            _problem = Problem.At(type, path, reason);
        return false;
    }

    private bool Twice(string path) => Fail(ProblemTypes.MalformedJson, path, "stands twice");

    /// <summary>Refuses a member that was there before.</summary>
    private bool Once(ref bool seen, string path)
    {
        if (seen)
            return Twice(path);
        return seen = true;
    }

    private bool TooLong(string path) => Fail(ProblemTypes.OverLimit, path, $"is longer than {_limits.MaxStringBytes} bytes, the limit");

    private bool WrongType(string path, string expected) => Fail(ProblemTypes.InvalidRequest, path, $"must be {expected}, not {Kind()}");

    private readonly string Kind() => _reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    private bool Fail(ProblemType type, string path, string reason)
    {
        _problem = Problem.At(type, path, reason);
        return false;
    }

    /// <summary>Lets an assignment stand in a chain of conditions.</summary>
    private static bool Set<T>(T _) => true;
}
