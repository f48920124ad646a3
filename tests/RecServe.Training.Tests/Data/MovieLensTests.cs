using System.Text;
using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Tests.Data;

public class MovieLensTests
{
    [Fact]
    public void Read_small_folder_derives_hour_weekday_year_and_genres()
    {
        using var folder = new DataFolder();
        // 964982703 is Sunday 2000-07-30 18:45:03 UTC; a day later is Monday.
        folder.Write("ratings.csv", "userId,movieId,rating,timestamp\r\n" + string.Concat(Enumerable.Range(0, 10).Select(i =>
            $"7,{i % 3 + 1},{(i % 2 == 0 ? "4.0" : "3.5")},{964982703 + i * 86400}\r\n")));
        folder.Write("movies.csv", "movieId,title,genres\n1,\"American President, The (1995)\",Comedy|Drama\n2,Untitled,(no genres listed)\n3,Odd (a) (2006–2007),Drama\n9,Never rated (1980),Comedy\n");
        TrainingData data = Read(folder.Root);

        Assert.Equal(["userId", "hour", "weekday", "movieId", "genres", "year"], data.Encoders.Select(encoder => encoder.Field.Name));
        Assert.Equal((8, 1, 1), (data.Train.Samples, data.Valid.Samples, data.Test.Samples));
        Assert.Equal([1f, 0, 1, 0, 1, 0, 1, 0], data.Train.Labels);
        Assert.Equal([1f], data.Valid.Labels);
        Assert.Equal(RowKey.Of("18"), DataFolder.KeyAt(data, data.Train, "hour", 0));
        Assert.Equal(RowKey.Of("6"), DataFolder.KeyAt(data, data.Train, "weekday", 0));
        Assert.Equal(RowKey.Of("0"), DataFolder.KeyAt(data, data.Train, "weekday", 1));
        Assert.Equal(RowKey.Of("1995"), DataFolder.KeyAt(data, data.Train, "year", 0));
        Assert.Equal(RowKey.Missing, DataFolder.KeyAt(data, data.Train, "year", 1));
        Assert.Equal(RowKey.Of("2006"), DataFolder.KeyAt(data, data.Train, "year", 2));

        DatasetColumn genres = DataFolder.Column(data, data.Train, "genres");
        Assert.Equal([0, 2, 3, 4, 6, 7, 8, 10, 11], genres.Offsets!);
        Assert.Equal([0.5f, 0.5f, 1f, 1f], genres.Weights![..4]);
        Assert.Equal(RowKey.Missing, DataFolder.KeyAt(data, data.Train, "genres", 2));

        Assert.Equal(["1", "2", "3", "9"], Enumerable.Range(0, data.Items!.Count).Select(row => Encoding.UTF8.GetString(data.Items.IdOf(row))));
        Assert.Null(data.Users);
        EntityColumn years = data.Items.Columns.Single(column => column.Field == 5);
        Assert.Equal([RowKey.Of("1995"), RowKey.Of("2006"), RowKey.Of("1980")], years.Keys);
        Assert.Equal([0, 1, 1, 2, 3], years.Offsets);
    }

    [SharedDataFact("movielens-small")]
    public void Read_latest_small_has_the_published_counts()
    {
        TrainingData data = Read(SharedData.Folder("movielens-small"));
        Assert.Equal(100_836, data.Train.Samples + data.Valid.Samples + data.Test.Samples);
        Assert.Equal(9_742, data.Items!.Count);
        Assert.Equal(610, data.Train.Users!.Distinct().Count());
        Assert.Equal(610, data.Test.Users!.Distinct().Count());
        double like = (data.Train.Labels.Sum() + data.Valid.Labels.Sum() + data.Test.Labels.Sum()) / 100_836;
        Assert.Equal(0.482, like, 3);
        Assert.Equal(610, data.Vocabularies[0].Keys.Length);
        Assert.Equal(24, data.Vocabularies[1].Keys.Length);
        Assert.Equal(7, data.Vocabularies[2].Keys.Length);
        // 19 genres, and the missing row for "(no genres listed)".
        Assert.Equal(20, data.Vocabularies[4].Keys.Length);
        Assert.Equal(data.Fingerprint, Read(SharedData.Folder("movielens-small")).Fingerprint);
    }

    [SharedDataFact("movielens-small")]
    public void Read_latest_small_agrees_with_a_line_by_line_reference()
    {
        string folder = SharedData.Folder("movielens-small");
        TrainingData data = Read(folder);
        // An independent split: whole lines, grouped and sorted with LINQ.
        var lines = File.ReadLines(Path.Combine(folder, "ratings.csv")).Skip(1).Select(line => line.Split(','))
            .Select((cells, at) => (User: cells[0], Movie: cells[1], Time: long.Parse(cells[3]), At: at)).ToList();
        var test = lines.GroupBy(line => line.User)
            .SelectMany(user => user.OrderBy(line => line.Time).ThenBy(line => line.At).Skip((user.Count() * 9 + 9) / 10))
            .OrderBy(line => line.At).ToList();
        Assert.Equal(test.Count, data.Test.Samples);
        for (int i = 0; i < test.Count; i++)
        {
            Assert.Equal(RowKey.Of(test[i].User), DataFolder.KeyAt(data, data.Test, "userId", i));
            ulong? movie = DataFolder.KeyAt(data, data.Test, "movieId", i);
            Assert.True(movie is null || movie == RowKey.Of(test[i].Movie));
            Assert.Equal(
                RowKey.Of(DateTimeOffset.FromUnixTimeSeconds(test[i].Time).Hour.ToString()),
                DataFolder.KeyAt(data, data.Test, "hour", i));
        }
    }

    private static TrainingData Read(string folder) =>
        TrainingDataReader.Read(new DataSource { Format = DataFormat.MovieLens, Train = folder }, null, CancellationToken.None);
}
