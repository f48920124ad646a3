using RecServe.Api.Events;
using RecServe.Api.Models;
using RecServe.Api.Problems;
using RecServe.FeatureStore;
using RecServe.Features;

namespace RecServe.Api.Rank;

/// <summary>
/// Stage 4: the request's own values and the stored ones become row keys. The user's and the context's fields get one sample, the item
/// fields one per candidate. Names that the model does not know are passed over: they may be attributes of experiments.
/// </summary>
internal readonly ref struct RequestExtraction(RankRequest request, ServingModel model, RequestScratch scratch, bool[] given)
{
    private readonly RankRequest _request = request;
    private readonly FeatureExtractor _extractor = model.Extractor;
    private readonly IReadOnlyList<bool> _removed = model.FieldsRemoved;
    private readonly FeatureBatch _batch = scratch.Batch;
    private readonly FieldMemo _memo = scratch.Memo;
    private readonly StoredFeatures _stored = scratch.Stored;
    private readonly DerivedValues _derived = scratch.Derived;
    private readonly bool[] _given = given;

    /// <summary>Encodes the user, the context and the candidates.</summary>
    /// <param name="userRow">Row of the user among the stored users, or −1.</param>
    /// <param name="candidates">Indices of the candidates to rank.</param>
    /// <param name="itemRows">Row of each of them among the stored items, or −1.</param>
    /// <returns>Null, or the first value that does not fit its field.</returns>
    public Problem? Run(int userRow, ReadOnlySpan<int> candidates, ReadOnlySpan<int> itemRows)
    {
        Array.Clear(_given);
        if (Add(_request.UserFeatures, false, -1, "user.features") is { } user)
            return user;
        if (Add(_request.ContextFeatures, false, -1, "context") is { } context)
            return context;
        _derived.Add(false, 0, _extractor, _removed, _batch, _given);
        AddRow(_stored.User);
        AddRow(_stored.Context);
        _extractor.Complete(false, _request.Utf8(_request.UserId), userRow, _given, _batch);
        if (!_stored.HasItems && !AnyFeatures(candidates))
        {
            AddStored(candidates, itemRows);
            return null;
        }

        _memo.Clear();
        for (int i = 0; i < candidates.Length; i++)
        {
            Candidate candidate = _request.Items[candidates[i]];
            Array.Clear(_given);
            if (Add(candidate.Features, true, candidates[i], "items") is { } item)
                return item;
            _derived.Add(true, i, _extractor, _removed, _batch, _given);
            AddRow(_stored.Item(i));
            _extractor.Complete(true, _request.Utf8(candidate.Id), itemRows[i], _given, _batch);
        }

        return null;
    }

    private bool AnyFeatures(ReadOnlySpan<int> candidates)
    {
        foreach (int candidate in candidates)
        {
            if (_request.Items[candidate].Features.Count > 0)
                return true;
        }

        return false;
    }

    /// <summary>Ids alone, the usual request: field by field instead of candidate by candidate.</summary>
    private void AddStored(ReadOnlySpan<int> candidates, ReadOnlySpan<int> itemRows)
    {
        foreach (int field in _extractor.ItemFields)
        {
            FeatureColumn column = _batch[field];
            if (_derived.PlaceOf(field) is var place and >= 0 && !_removed[field])
            {
                for (int i = 0; i < candidates.Length; i++)
                {
                    _derived.Encode(place, i, _extractor.Encoders[field], column);
                    column.EndSample();
                }

                continue;
            }

            if (field != _extractor.ItemIdField)
            {
                _extractor.AddStored(field, itemRows, column);
                continue;
            }

            foreach (int candidate in candidates)
            {
                _extractor.Encoders[field].Encode(_request.Utf8(_request.Items[candidate].Id), column);
                column.EndSample();
            }
        }
    }

    private Problem? Add(SliceRange range, bool item, int index, string path)
    {
        ReadOnlySpan<FeatureValue> features = _request.FeaturesOf(range);
        for (int i = 0; i < features.Length; i++)
        {
            int field = _memo.FieldOf(i, features[i].Name, _request, _extractor);
            if (field < 0 || _extractor.IsItem(field) != item || _removed[field])
                continue;
            if (_given[field])
                _batch[field].DiscardOpen(); // named twice: the last one counts, as in most JSON readers
            _given[field] = true;
            if (Encode(features[i], _extractor.Encoders[field], _batch[field]) is { } reason)
            {
                string name = _request.Text(features[i].Name);
                return Problem.At(ProblemTypes.InvalidFeature, index < 0 ? $"{path}.{name}" : $"{path}[{index}].features.{name}", reason);
            }
        }

        return null;
    }

    /// <summary>Adds what is stored of an entity and the request did not give. A value that does not suit this version of the model is passed over, and what the package knows stands.</summary>
    private void AddRow(FeatureRow? row)
    {
        if (row is null)
            return;
        int position = 0;
        foreach (StoredFeature feature in row)
        {
            int field = _stored.FieldOf(position++, feature.Name, _extractor);
            if (field < 0 || _given[field] || _removed[field] || _extractor.Encoders[field].Field.Side != row.Entity)
                continue;
            if (TryEncode(feature, _extractor.Encoders[field], _batch[field]))
                _given[field] = true;
            else
                _stored.CountUnusable(row.Entity);
        }
    }

    private static bool TryEncode(in StoredFeature feature, FieldEncoder encoder, FeatureColumn column)
    {
        switch (feature.Kind)
        {
            case FeatureKind.Text:
                return encoder.Encode(feature.Text, column) != EncodeStatus.NotANumber;
            case FeatureKind.Number:
                return encoder.Field.Kind == FieldKind.Numeric && encoder.Encode(feature.Number, column) == EncodeStatus.Ok;
            default:
                if (encoder.Field.Kind != FieldKind.Multi)
                    return false;
                foreach (ReadOnlySpan<byte> value in feature.Values)
                    encoder.AddValue(value, column);
                encoder.ClosePool(column);
                return true;
        }
    }

    /// <summary>Adds one value to the open sample; returns what is wrong with it, or null.</summary>
    private string? Encode(in FeatureValue value, FieldEncoder encoder, FeatureColumn column)
    {
        switch (value.Kind)
        {
            case FeatureValueKind.Null:
                return null;
            case FeatureValueKind.Unusable:
                return encoder.Field.Kind == FieldKind.Multi
                    ? "must be a string, a number or an array of these"
                    : "must be a string, a number, true, false or null";
            case FeatureValueKind.List when encoder.Field.Kind != FieldKind.Multi:
                return "takes one value, not an array";
            case FeatureValueKind.List:
                foreach (ListElement element in _request.ElementsOf(value))
                    encoder.AddValue(_request.Utf8(element.Text), column);
                encoder.ClosePool(column);
                return null;
            default:
                return encoder.Encode(_request.Utf8(value.Text), column) == EncodeStatus.NotANumber ? "must be a finite number" : null;
        }
    }
}
