using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using RecServe.Api.Problems;
using RecServe.Stream;

namespace RecServe.Api.Rank;

/// <summary>
/// Reads a rank request from UTF-8 JSON into a <see cref="RankRequest"/> in one pass, without a document tree. Every failure is a
/// <see cref="Problem"/> that names the member; limits are checked while reading, so that nothing beyond them is ever stored.
/// </summary>
internal ref partial struct RankRequestParser
{
    private readonly ServingOptions _limits;
    private readonly RankRequest _request;
    private readonly Span<byte> _json;
    private readonly int _base;
    private Utf8JsonReader _reader;
    private Problem? _problem;

    private RankRequestParser(byte[] body, int start, int length, ServingOptions limits, RankRequest request)
    {
        _limits = limits;
        _request = request;
        _json = body.AsSpan(start, length);
        _base = start;
        // The reader's own limit only guards the reader: one level above ours, so that Next() sees and names the excess.
        _reader = new Utf8JsonReader(_json, new JsonReaderOptions { MaxDepth = limits.MaxDepth + 1 });
    }

    /// <summary>Parses one request.</summary>
    /// <param name="body">Bytes received; strings with escapes are unescaped in place.</param>
    /// <param name="start">First byte of the request.</param>
    /// <param name="length">Bytes of the request.</param>
    /// <param name="limits">The server's limits.</param>
    /// <param name="request">Takes the result; reset first.</param>
    /// <returns>Null, or what is wrong; the request is then not to be used.</returns>
    public static Problem? Parse(byte[] body, int start, int length, ServingOptions limits, RankRequest request)
    {
        request.Reset(body);
        if (!Utf8.IsValid(body.AsSpan(start, length)))
            return NotUtf8(body.AsSpan(start, length));
        var parser = new RankRequestParser(body, start, length, limits, request);
        try
        {
            parser.ReadRequest();
            return parser._problem;
        }
        catch (JsonException failure)
        {
            return Malformed(failure);
        }
        catch (InvalidOperationException)
        {
            return HalfSurrogate();
        }
    }

    /// <summary>The problem of an escaped half of a surrogate pair: the reader only finds it when it compares a member's name, or copies a text.</summary>
    public static Problem HalfSurrogate() => new(ProblemTypes.InvalidUtf8, "the body holds an escaped half of a surrogate pair, which is no text");

    /// <summary>The problem of bytes that are no JSON.</summary>
    public static Problem Malformed(JsonException failure) => new(ProblemTypes.MalformedJson,
        $"the body is not valid JSON: reading stopped at line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1}");

    /// <summary>The problem of bytes that are no text.</summary>
    public static Problem NotUtf8(ReadOnlySpan<byte> body)
    {
        int valid = 0;
        while (Rune.DecodeFromUtf8(body[valid..], out _, out int used) == System.Buffers.OperationStatus.Done)
            valid += used;
        return new Problem(ProblemTypes.InvalidUtf8, $"the body is not valid UTF-8 from byte {valid + 1} on");
    }

    private void ReadRequest()
    {
        if (!Next())
            return;
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _problem = new Problem(ProblemTypes.InvalidRequest, $"the body must be a JSON object, not {Kind()}");
            return;
        }

        uint seen = 0;
        while (Next() && _reader.TokenType != JsonTokenType.EndObject)
        {
            if (!ReadMember(ref seen))
                return;
        }

        if (_problem is not null)
            return;
        _reader.Read(); // throws on anything behind the object
        if (_request.Items.Count == 0)
            _problem = Problem.At(ProblemTypes.InvalidRequest, "items", (seen & Bit(Member.Items)) == 0 ? "is missing" : "must hold at least one candidate");
    }

    private bool ReadMember(ref uint seen)
    {
        Member member = WhichMember();
        if (member == Member.Unknown)
        {
            if (!TryText("a member's name", out TextSlice name))
                return false;
            if (_request.Ignored.Count < RankRequest.MaxIgnored)
                _request.Ignored.Add(name);
            return Next() && Skip();
        }

        if ((seen & Bit(member)) != 0)
            return Twice(NameOf(member));
        seen |= Bit(member);
        if (!Next())
            return false;
        if (_reader.TokenType == JsonTokenType.Null && member != Member.Items)
            return true;
        switch (member)
        {
            case Member.RequestId:
                return TryId("request_id", out TextSlice requestId) && Set(_request.RequestId = requestId);
            case Member.Model:
                return TryId("model", out TextSlice model) && Set(_request.Model = model);
            case Member.User:
                return ReadUser();
            case Member.Context:
                return ReadFeatures("context", -1, out SliceRange context) && Set(_request.ContextFeatures = context);
            case Member.Items:
                return ReadItems();
            case Member.Exclude:
                return ReadExclude();
            case Member.K:
                return ReadK();
            case Member.DeadlineMs:
                return ReadDeadline();
            case Member.Explain:
                if (_reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
                    return WrongType("explain", "true or false");
                return Set(_request.Explain = _reader.TokenType == JsonTokenType.True);
            case Member.ReadAfter:
                return ReadReadAfter();
            case Member.MaxStalenessMs:
                return (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out long staleness) && staleness >= 0 && Set(_request.MaxStalenessMs = staleness))
                    || Fail(ProblemTypes.InvalidRequest, "max_staleness_ms", "must be a whole number of 0 or more");
            default:
                return ReadOverrides();
        }
    }

    private bool ReadReadAfter()
    {
        if (_reader.TokenType != JsonTokenType.String)
            return WrongType("read_after", "a string");
        if (!TryText("read_after", out TextSlice text))
            return false;
        _request.ReadAfter = FreshnessToken.Parse(_request.Text(text));
        return _request.ReadAfter is not null || Fail(ProblemTypes.InvalidRequest, "read_after", "is no freshness token; a token is what a write answers, such as rows:3@184467");
    }

    private bool ReadK()
    {
        if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out long k) || k < 1)
            return Fail(ProblemTypes.InvalidRequest, "k", "must be a whole number of 1 or more");
        if (k > _limits.MaxK)
            return Fail(ProblemTypes.OverLimit, "k", $"is {k}, the limit is {_limits.MaxK}");
        return Set(_request.K = (int)k);
    }

    private bool ReadDeadline()
    {
        if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetDouble(out double deadline) || !(deadline > 0))
            return Fail(ProblemTypes.InvalidRequest, "deadline_ms", "must be a number above 0");
        if (deadline > _limits.MaxDeadlineMs)
            return Fail(ProblemTypes.OverLimit, "deadline_ms", $"is over the limit of {_limits.MaxDeadlineMs} ms");
        return Set(_request.DeadlineMs = deadline);
    }

    private bool ReadUser()
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
            return WrongType("user", "an object");
        bool seenId = false, seenFeatures = false;
        while (Next() && _reader.TokenType != JsonTokenType.EndObject)
        {
            bool done;
            if (_reader.ValueTextEquals("id"u8))
                done = Once(ref seenId, "user.id") && Next() && TryId("user.id", out TextSlice id) && Set(_request.UserId = id);
            else if (_reader.ValueTextEquals("features"u8))
                done = Once(ref seenFeatures, "user.features") && Next() && ReadFeatures("user.features", -1, out SliceRange features) && Set(_request.UserFeatures = features);
            else
                done = Next() && Skip();
            if (!done)
                return false;
        }

        return _problem is null;
    }

    private bool ReadItems()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
            return WrongType("items", "an array of objects");
        while (Next() && _reader.TokenType != JsonTokenType.EndArray)
        {
            int index = _request.Items.Count;
            if (index == _limits.MaxCandidates)
                return Fail(ProblemTypes.OverLimit, "items", $"holds more than {_limits.MaxCandidates} candidates, the limit");
            if (_reader.TokenType != JsonTokenType.StartObject)
                return WrongType($"items[{index}]", "an object");
            if (!ReadItem(index))
                return false;
        }

        return _problem is null;
    }

    private bool ReadItem(int index)
    {
        TextSlice id = TextSlice.Absent;
        SliceRange features = default;
        bool seenFeatures = false;
        while (Next() && _reader.TokenType != JsonTokenType.EndObject)
        {
            bool done;
            if (_reader.ValueTextEquals("id"u8))
                done = (!id.IsPresent || Twice($"items[{index}].id")) && Next() && TryItemId(index, out id);
            else if (_reader.ValueTextEquals("features"u8))
                done = (!seenFeatures || Twice($"items[{index}].features")) && Set(seenFeatures = true) && Next() && ReadFeatures("items", index, out features);
            else
                done = Next() && Skip();
            if (!done)
                return false;
        }

        if (_problem is not null)
            return false;
        if (!id.IsPresent)
            return Fail(ProblemTypes.InvalidRequest, $"items[{index}].id", "is missing");
        _request.Items.Add(new Candidate(id, features));
        return true;
    }

    private bool ReadExclude()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
            return WrongType("exclude", "an array of item ids");
        while (Next() && _reader.TokenType != JsonTokenType.EndArray)
        {
            int index = _request.Exclude.Count;
            if (index == _limits.MaxExcluded)
                return Fail(ProblemTypes.OverLimit, "exclude", $"holds more than {_limits.MaxExcluded} ids, the limit");
            if (_reader.TokenType != JsonTokenType.String)
                return WrongType($"exclude[{index}]", "a string");
            if (!TryText("exclude", out TextSlice id))
                return Rename($"exclude[{index}]");
            _request.Exclude.Add(id);
        }

        return _problem is null;
    }

    private bool ReadOverrides()
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
            return WrongType("overrides", "an object");
        bool seenExperiments = false, seenFields = false;
        while (Next() && _reader.TokenType != JsonTokenType.EndObject)
        {
            bool done;
            if (_reader.ValueTextEquals("experiments"u8))
                done = Once(ref seenExperiments, "overrides.experiments") && Next() && ReadExperimentOverrides();
            else if (_reader.ValueTextEquals("fields_off"u8))
                done = Once(ref seenFields, "overrides.fields_off") && Next() && ReadFieldsOff();
            else
                done = Next() && Skip();
            if (!done)
                return false;
        }

        return _problem is null;
    }

    private bool ReadFieldsOff()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return true;
        if (_reader.TokenType != JsonTokenType.StartArray)
            return WrongType("overrides.fields_off", "an array of field names");
        while (Next() && _reader.TokenType != JsonTokenType.EndArray)
        {
            int index = _request.FieldsOff.Count;
            if (index == _limits.MaxFeaturesPerEntity)
                return Fail(ProblemTypes.OverLimit, "overrides.fields_off", $"holds more than {_limits.MaxFeaturesPerEntity} fields, the limit");
            if (_reader.TokenType != JsonTokenType.String)
                return WrongType($"overrides.fields_off[{index}]", "a string");
            if (!TryText("overrides.fields_off", out TextSlice name))
                return Rename($"overrides.fields_off[{index}]");
            _request.FieldsOff.Add(name);
        }

        return _problem is null;
    }

    private bool ReadExperimentOverrides()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return true;
        if (_reader.TokenType != JsonTokenType.StartObject)
            return WrongType("overrides.experiments", "an object");
        while (Next() && _reader.TokenType != JsonTokenType.EndObject)
        {
            if (_request.Overrides.Count == _limits.MaxFeaturesPerEntity)
                return Fail(ProblemTypes.OverLimit, "overrides.experiments", $"holds more than {_limits.MaxFeaturesPerEntity} members, the limit");
            if (!TryText("overrides.experiments", out TextSlice key) || !Next())
                return false;
            if (_reader.TokenType != JsonTokenType.String)
                return WrongType($"overrides.experiments.{_request.Text(key)}", "a string");
            if (!TryText("overrides.experiments", out TextSlice variant))
                return false;
            _request.Overrides.Add(new VariantOverride(key, variant));
        }

        return _problem is null;
    }
}
