using System.Text.Json;
using RecServe.Api.Problems;

namespace RecServe.Api.Rank;

internal ref partial struct RankRequestParser
{
    /// <summary>Reads an object of features. Values that no model takes are kept as such: only a model that has the feature refuses them.</summary>
    /// <param name="path">Path of the object; of the array for a candidate.</param>
    /// <param name="item">Index of the candidate; −1 for the user and the context.</param>
    /// <param name="range">The features read.</param>
    private bool ReadFeatures(string path, int item, out SliceRange range)
    {
        range = default;
        if (_reader.TokenType == JsonTokenType.Null)
            return true;
        if (_reader.TokenType != JsonTokenType.StartObject)
            return WrongType(FeaturesPath(path, item), "an object");
        int first = _request.Features.Count, count = 0;
        while (Next() && _reader.TokenType != JsonTokenType.EndObject)
        {
            if (count == _limits.MaxFeaturesPerEntity)
                return Fail(ProblemTypes.OverLimit, FeaturesPath(path, item), $"holds more than {_limits.MaxFeaturesPerEntity} features, the limit");
            if (!TryText(path, out TextSlice name))
                return Rename($"a feature's name in {FeaturesPath(path, item)}");
            if (!Next() || !ReadValue(path, item, name))
                return false;
            count++;
        }

        range = new SliceRange(first, count);
        return _problem is null;
    }

    private bool ReadValue(string path, int item, TextSlice name)
    {
        TextSlice text = TextSlice.Absent;
        FeatureValueKind kind;
        switch (_reader.TokenType)
        {
            case JsonTokenType.String:
                if (!TryText(path, out text))
                    return Rename(FeaturePath(path, item, name));
                kind = FeatureValueKind.Text;
                break;
            case JsonTokenType.Number:
                if (_reader.ValueSpan.Length > _limits.MaxStringBytes)
                    return Fail(ProblemTypes.OverLimit, FeaturePath(path, item, name), $"is longer than {_limits.MaxStringBytes} bytes, the limit");
                text = Raw();
                kind = FeatureValueKind.Number;
                break;
            case JsonTokenType.True or JsonTokenType.False:
                text = Raw();
                kind = FeatureValueKind.Boolean;
                break;
            case JsonTokenType.Null:
                kind = FeatureValueKind.Null;
                break;
            case JsonTokenType.StartArray:
                return ReadList(path, item, name);
            default:
                if (!Skip())
                    return false;
                kind = FeatureValueKind.Unusable;
                break;
        }

        _request.Features.Add(new FeatureValue(name, kind, text));
        return true;
    }

    private bool ReadList(string path, int item, TextSlice name)
    {
        int first = _request.Elements.Count;
        bool usable = true;
        while (Next() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_request.Elements.Count - first == _limits.MaxFeaturesPerEntity)
                return Fail(ProblemTypes.OverLimit, FeaturePath(path, item, name), $"holds more than {_limits.MaxFeaturesPerEntity} values, the limit");
            if (_reader.TokenType == JsonTokenType.String)
            {
                if (!TryText(path, out TextSlice element))
                    return Rename(FeaturePath(path, item, name));
                _request.Elements.Add(new ListElement(element, false));
            }
            else if (_reader.TokenType == JsonTokenType.Number && _reader.ValueSpan.Length <= _limits.MaxStringBytes)
            {
                _request.Elements.Add(new ListElement(Raw(), true));
            }
            else
            {
                usable = false;
                if (!Skip())
                    return false;
            }
        }

        var elements = new TextSlice(first, _request.Elements.Count - first);
        _request.Features.Add(new FeatureValue(name, usable ? FeatureValueKind.List : FeatureValueKind.Unusable, elements));
        return _problem is null;
    }

    private readonly string FeaturePath(string path, int item, TextSlice name) => $"{FeaturesPath(path, item)}.{_request.Text(name)}";

    private static string FeaturesPath(string path, int item) => item < 0 ? path : $"{path}[{item}].features";
}
