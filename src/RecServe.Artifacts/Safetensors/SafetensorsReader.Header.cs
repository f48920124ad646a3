using System.Text;
using System.Text.Json;

namespace RecServe.Artifacts;

public sealed partial class SafetensorsReader
{
    private SafetensorsTensor[] ParseHeader(byte[] header, long dataBytes)
    {
        if (header.Length == 0 || header[0] != '{')
            Fail("the header does not start with '{'");
        var tensors = new List<SafetensorsTensor>();
        try
        {
            var json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 4 });
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                string name = json.GetString()!;
                json.Read();
                if (name == MetadataName)
                {
                    ParseMetadata(ref json);
                    continue;
                }

                SafetensorsTensor tensor = ParseTensor(ref json, name);
                if (!_byName.TryAdd(name, tensor))
                    Fail($"tensor '{name}' stands twice in the header");
                tensors.Add(tensor);
            }

            // Only padding may follow the object; anything else makes the next read throw.
            json.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or DecoderFallbackException)
        {
            throw new PackageException($"{_file}: the header is not the JSON of a safetensors file: {exception.Message}", exception);
        }

        CheckRanges(tensors, dataBytes);
        return [.. tensors];
    }

    private void ParseMetadata(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            Fail($"'{MetadataName}' is no object of strings");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string key = json.GetString()!;
            json.Read();
            if (json.TokenType != JsonTokenType.String)
                Fail($"'{MetadataName}.{key}' is no string");
            if (!_metadata.TryAdd(key, json.GetString()!))
                Fail($"'{MetadataName}.{key}' stands twice in the header");
        }
    }

    private SafetensorsTensor ParseTensor(ref Utf8JsonReader json, string name)
    {
        string? type = null;
        long[]? shape = null, offsets = null;
        if (json.TokenType != JsonTokenType.StartObject)
            Fail($"tensor '{name}': the header entry is no object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string member = json.GetString()!;
            json.Read();
            switch (member)
            {
                case "dtype" when type is null && json.TokenType == JsonTokenType.String:
                    type = json.GetString();
                    break;
                case "shape" when shape is null:
                    shape = ParseSizes(ref json, name, member);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ParseSizes(ref json, name, member);
                    break;
                default:
                    Fail($"tensor '{name}': '{member}' is unexpected, repeated or of the wrong type");
                    break;
            }
        }

        if (type is null || shape is null || offsets is null)
            Fail($"tensor '{name}': dtype, shape and data_offsets are required");
        if (!Enum.TryParse(type, out TensorType parsed) || parsed.ToString() != type)
            Fail($"tensor '{name}': dtype '{type}' is not known");
        if (offsets.Length != 2 || offsets[0] > offsets[1])
            Fail($"tensor '{name}': data_offsets [{string.Join(", ", offsets)}] are not [begin, end]");
        long bytes = parsed.Bytes();
        foreach (long size in shape)
        {
            if (size != 0 && bytes > long.MaxValue / size)
                Fail($"tensor '{name}': shape [{string.Join(", ", shape)}] overflows 64 bits");
            bytes *= size;
        }

        if (bytes != offsets[1] - offsets[0])
            Fail($"tensor '{name}': {type} [{string.Join(", ", shape)}] needs {bytes} bytes, data_offsets span {offsets[1] - offsets[0]}");
        return new SafetensorsTensor(name, parsed, shape, offsets[0], bytes);
    }

    private long[] ParseSizes(ref Utf8JsonReader json, string tensor, string member)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            Fail($"tensor '{tensor}': {member} is no array");
        var sizes = new List<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long size) || size < 0)
            {
                Fail($"tensor '{tensor}': {member}[{sizes.Count}] is no whole number from 0 to {long.MaxValue}");
                return [];
            }

            sizes.Add(size);
        }

        return [.. sizes];
    }

    private void CheckRanges(List<SafetensorsTensor> tensors, long dataBytes)
    {
        tensors.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.Bytes.CompareTo(b.Bytes));
        long end = 0;
        string last = "the header";
        foreach (SafetensorsTensor tensor in tensors)
        {
            if (tensor.Begin < end)
                Fail($"tensor '{tensor.Name}' begins at byte {tensor.Begin}, inside '{last}', which ends at {end}");
            if (tensor.Begin > end)
                Fail($"tensor '{tensor.Name}' begins at byte {tensor.Begin}, leaving a hole after {last}, which ends at {end}");
            if (tensor.Bytes > dataBytes - tensor.Begin)
                Fail($"tensor '{tensor.Name}' ends at byte {tensor.Begin + tensor.Bytes}, the file has {dataBytes} after its header");
            end = tensor.Begin + tensor.Bytes;
            last = tensor.Name;
        }

        if (end != dataBytes)
            Fail($"{dataBytes - end} bytes follow the last tensor");
    }
}
